import { type Desired, driftOf, type KernelObject, type Mark, markOf, objectsOf } from "@overlaynet/core";
import { expect } from "chai";
import { ModelKernel } from "../../../model-kernel/kernel.js";
import { apply, planOn } from "../../../model-kernel/run.js";
import { containerFile, overlay, overlayFile } from "../../../model-kernel/specs.js";

const lab = overlayFile();
const red = containerFile("red", "7.7.7.2");

function markOfFile({ owner, spec }: Desired): Mark {
  if (spec.kind === "neigh") throw new Error("a neighbour entry has no mark");
  return markOf(owner, spec);
}

/** The conflicts, as whose and what; nothing of what is in conflict may be in the steps. */
function conflictsOn(kernel: ModelKernel, desired: readonly KernelObject[], adopt: readonly Mark[] = []): string[] {
  const { conflicts } = planOn(kernel, overlay, desired, { previous: [], adopt: new Set(adopt) });
  return conflicts.map(({ mark, message }) => `${mark.split(":").slice(2, 4).join(" ")}: ${message}`);
}

function kernelWith(...commands: readonly (readonly [namespace: string | undefined, command: string])[]): ModelKernel {
  const kernel = new ModelKernel();
  for (const [namespace, command] of commands) kernel.command("ip", namespace, command);
  return kernel;
}

describe("plan refuses", () => {
  it("a namespace that belongs to nobody, and all that is to be in it", () => {
    const kernel = kernelWith([undefined, "netns add red"]);
    const { steps, conflicts } = planOn(kernel, overlay, objectsOf([lab, red]), { previous: [] });
    expect(conflicts.map(({ object, message }) => `${object.kind}: ${message}`)).to.deep.equal([
      "namespace: namespace red exists and belongs to nobody overlaynet knows; choose another name, remove it, or set adopt: true",
      "veth: namespace red exists and belongs to nobody overlaynet knows; choose another name, remove it, or set adopt: true",
    ]);
    expect([...new Set(steps.map(({ mark }) => mark))]).to.deep.equal([markOfFile(lab)]);
  });

  it("a namespace of another overlay, naming its owner", () => {
    const kernel = kernelWith(
      [undefined, "netns add red"],
      ["red", "link set dev lo alias overlaynet:other:container:red:u9"],
    );
    expect(conflictsOn(kernel, objectsOf([lab, red]), [markOfFile(red)])[0]).to.equal(
      "container red: namespace red belongs to container red of overlay other; choose another name",
    );
  });

  it("a device that belongs to nobody, in a namespace of ours", () => {
    const kernel = new ModelKernel();
    apply(kernel, overlay, objectsOf([lab]), { previous: [] });
    kernel.command("ip", "overns", "link add name vethO2 type veth peer name other");
    expect(conflictsOn(kernel, objectsOf([lab, red]))).to.deep.equal([
      "container red: vethO2 in namespace overns exists and belongs to nobody overlaynet knows; choose another name, remove it, or set adopt: true",
    ]);
  });

  it("a device of another kind, though it may adopt", () => {
    const kernel = kernelWith([undefined, "netns add overns"], ["overns", "link add name vxlan1 type bridge"]);
    expect(conflictsOn(kernel, objectsOf([lab]), [markOfFile(lab)])).to.deep.equal([
      "overlay lab: vxlan1 in namespace overns is of kind bridge, not vxlan, and belongs to nobody overlaynet knows; choose another name or remove it",
    ]);
  });

  it("an interface in the container's namespace that is not ours", () => {
    const kernel = new ModelKernel();
    const withRed = objectsOf([lab, red]);
    apply(kernel, overlay, withRed, { previous: [] });
    kernel.command("ip", "overns", "link delete dev vethO2");
    kernel.command("ip", "red", "link add name eth0 type veth peer name other");
    expect(conflictsOn(kernel, withRed)[0]).to.match(
      /^container red: eth0 in namespace red exists and belongs to nobody/,
    );
  });

  it("a VNI that another device has on the same port, wherever it is", () => {
    const inNamespace = kernelWith(
      [undefined, "netns add q7w2"],
      [undefined, "link add name vx1 netns q7w2 type vxlan id 42 dstport 4789"],
    );
    const inRoot = kernelWith([undefined, "link add name vx1 type vxlan id 42 dstport 4789"]);
    const message = (where: string): string =>
      `overlay lab: VNI 42 on UDP port 4789 is in use by vxlan device vx1 in ${where}; choose another vni on the Overlay or remove that device`;
    expect(conflictsOn(inNamespace, objectsOf([lab]))).to.deep.equal([message("namespace q7w2")]);
    expect(conflictsOn(inRoot, objectsOf([lab]))).to.deep.equal([message("the root namespace")]);
  });

  it("no VNI that a device has on another port, or on a socket of its own", () => {
    const kernel = kernelWith(
      [undefined, "netns add q7w2"],
      [undefined, "link add name vx1 netns q7w2 type vxlan id 42 dstport 8472"],
      ["q7w2", "link add name vx2 type vxlan id 42 dstport 4789"],
    );
    expect(conflictsOn(kernel, objectsOf([lab]))).to.deep.equal([]);
  });

  it("the second of two that ask for one namespace, one port or one MAC", () => {
    const same = [
      containerFile("overns", "7.7.7.8"),
      containerFile("one", "7.7.7.9"),
      containerFile("two", "7.7.7.9", { mac: "02:42:00:00:00:02" }),
      containerFile("three", "7.7.7.10", { mac: "02:42:07:07:07:09" }),
    ];
    expect(conflictsOn(new ModelKernel(), objectsOf([lab, ...same]))).to.deep.equal([
      "container overns: namespace overns is asked for by overlay lab and by container overns of overlay lab; change one of them",
      "container overns: namespace overns is asked for by overlay lab and by container overns of overlay lab; change one of them",
      "container two: vethO9 in namespace overns is asked for by container one of overlay lab and by container two of overlay lab; change one of them",
      "container three: MAC address 02:42:07:07:07:09 is asked for by container one of overlay lab and by container three of overlay lab; change one of them",
    ]);
  });

  it("containers whose bridge is refused, for the bridge's reason", () => {
    const kernel = new ModelKernel();
    apply(kernel, overlay, objectsOf([lab, red]), { previous: [] });
    kernel.command("ip", "overns", "link delete dev br0");
    kernel.command("ip", "overns", "link add name br0 type bridge");
    const found = planOn(kernel, overlay, objectsOf([lab, red]));
    expect(found.steps).to.deep.equal([]);
    expect(new Set(found.conflicts.map(({ message }) => message))).to.have.lengthOf(1);
    expect(driftOf(found, markOfFile(red))[0]).to.match(/^br0 in namespace overns exists and belongs to nobody/);
  });
});

describe("plan adopts", () => {
  it("a container made by hand elsewhere by leading its interface here", () => {
    const kernel = new ModelKernel();
    apply(kernel, overlay, objectsOf([lab]), { previous: [] });
    kernel.command("ip", undefined, "netns add red");
    kernel.command("ip", "red", "link add name eth0 type veth peer name other");
    expect(conflictsOn(kernel, objectsOf([lab, red]))).to.have.lengthOf(2);
    const applied = apply(kernel, overlay, objectsOf([lab, red]), { previous: [], adopt: new Set([markOfFile(red)]) });
    expect([applied.conflicts, applied.failures]).to.deep.equal([[], []]);
    expect(planOn(kernel, overlay, objectsOf([lab, red])).steps).to.deep.equal([]);
  });
});
