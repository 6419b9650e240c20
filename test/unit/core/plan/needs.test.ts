import { blocked, objectsOf, type Step } from "@overlaynet/core";
import { expect } from "chai";
import { ModelKernel } from "../../../model-kernel/kernel.js";
import { apply, planOn } from "../../../model-kernel/run.js";
import { containerFile, overlay, overlayFile } from "../../../model-kernel/specs.js";

const lab = overlayFile();
const red = containerFile("red", "7.7.7.2", { gateway: true });
const green = containerFile("green", "7.7.7.4");

function nameOf({ op, object }: Step): string {
  const what =
    "name" in object
      ? object.name
      : "device" in object
        ? object.device
        : "table" in object
          ? object.table
          : object.namespace;
  return `${op} ${object.kind} ${what}`;
}

function blockedBy(steps: readonly Step[], name: string): string[] {
  const failed = steps.filter((step) => nameOf(step) === name);
  expect(failed, `steps named ${name} of ${steps.map(nameOf).join(", ")}`).to.have.lengthOf(1);
  return [...blocked(steps, failed)].map(nameOf).sort();
}

describe("blocked", () => {
  const { steps } = planOn(new ModelKernel(), overlay, objectsOf([lab, red, green]), { previous: [] });

  it("is everything without the overlay's namespace but the containers' own", () => {
    const free = steps.map(nameOf).filter((name) => !blockedBy(steps, "add namespace overns").includes(name));
    expect(free).to.deep.equal([
      "add namespace overns",
      "add namespace red",
      "add namespace green",
      "add filter overlaynet-lab",
    ]);
  });

  it("is a container's part without its namespace, and not another's", () => {
    expect(blockedBy(steps, "add namespace red")).to.deep.equal([
      "add address eth0",
      "add port-entry vethO2",
      "add route eth0",
      "add veth vethO2",
    ]);
  });

  it("is what is attached to the bridge, and what is on that", () => {
    expect(blockedBy(steps, "add bridge br0")).to.include.members([
      "add vxlan vxlan1",
      "add veth vethO2",
      "add route eth0",
    ]);
    expect(blockedBy(steps, "add vxlan vxlan1")).to.deep.equal([]);
  });

  it("is what cannot be made while something is in its way", () => {
    const kernel = new ModelKernel();
    apply(kernel, overlay, objectsOf([lab, red, green]), { previous: [] });
    const swapped = objectsOf([lab, containerFile("red", "7.7.7.4"), containerFile("green", "7.7.7.2")]);
    const swap = planOn(kernel, overlay, swapped).steps;
    expect(blockedBy(swap, "delete veth vethO4")).to.deep.equal([
      "add address eth0",
      "add port-entry vethO4",
      "add veth vethO4",
    ]);
    const vni = planOn(kernel, overlay, objectsOf([overlayFile({ vni: 43 }), red, green])).steps;
    expect(blockedBy(vni, "delete vxlan vxlan1")).to.deep.equal(["add vxlan vxlan1"]);
  });

  it("is a namespace whose VXLAN device could not be deleted", () => {
    const kernel = new ModelKernel();
    apply(kernel, overlay, objectsOf([lab, red]), { previous: [] });
    const removal = planOn(kernel, overlay, [], { previous: objectsOf([lab, red]) }).steps;
    expect(blockedBy(removal, "delete vxlan vxlan1")).to.deep.equal(["delete namespace overns"]);
  });

  it("is a route whose device could not be brought up, and nothing else for a change in place", () => {
    const kernel = new ModelKernel();
    const desired = objectsOf([lab, red, green]);
    apply(kernel, overlay, desired, { previous: [] });
    kernel.command("ip", "red", "link set dev eth0 down");
    kernel.command("ip", "overns", "link set dev br0 mtu 1400");
    const repair = planOn(kernel, overlay, desired).steps;
    expect(blockedBy(repair, "change veth vethO2")).to.deep.equal(["add route eth0"]);
    expect(blockedBy(repair, "change bridge br0")).to.deep.equal([]);
  });

  it("is a port's entry while the port is not on its bridge", () => {
    const kernel = new ModelKernel();
    const desired = objectsOf([lab, red, green]);
    apply(kernel, overlay, desired, { previous: [] });
    kernel.command("ip", "overns", "link set dev vethO2 nomaster");
    const repair = planOn(kernel, overlay, desired).steps;
    expect(blockedBy(repair, "change veth vethO2")).to.deep.equal(["add port-entry vethO2"]);
  });
});
