import { commandsOf, type Desired, driftOf, needs, objectsOf, plan, tablesOf } from "@overlaynet/core";
import { expect } from "chai";
import { ModelKernel } from "../../../model-kernel/kernel.js";
import { transact } from "../../../model-kernel/nft.js";
import { apply, planOn } from "../../../model-kernel/run.js";
import { containerFile, file, overlay, overlayFile } from "../../../model-kernel/specs.js";

const lab = overlayFile();
const red = containerFile("red", "7.7.7.2");
const pink = containerFile("pink", "7.7.7.3", { host: "b" });
const all = [lab, red, pink];

function made(files: readonly Desired[] = all): ModelKernel {
  const kernel = new ModelKernel();
  expect(apply(kernel, overlay, objectsOf(files), { previous: [] }).failures).to.deep.equal([]);
  return kernel;
}

function vteps(kernel: ModelKernel): string[] {
  return [...(kernel.root.tables.get("ip overlaynet-lab")?.sets.get("vteps")?.elements ?? [])].sort();
}

function change(kernel: ModelKernel, from: readonly Desired[], to: readonly Desired[]): string[] {
  const { steps, failures } = apply(kernel, overlay, objectsOf(to), { previous: objectsOf(from) });
  expect(failures).to.deep.equal([]);
  return steps.flatMap(({ drift }) => drift);
}

function neighbour(vtep: string): Desired {
  return file("u-printer", {
    kind: "neigh",
    overlay: "lab",
    overlayId: "lab-1f",
    name: "printer",
    ip: "7.7.7.9",
    mac: "02:42:c0:a8:00:09",
    vtep,
  } as never);
}

describe("the VTEP filter", () => {
  it("lets in hosts but this one, neighbour entries, trusted ones, and hosts that containers are still said to be on", () => {
    expect(vteps(made())).to.deep.equal(["192.168.64.28"]);
    const moved = containerFile("pink", "7.7.7.3", { host: "b", vtep: "192.168.64.29" });
    const trusting = overlayFile({ trustedVteps: ["192.168.64.50"] });
    const kernel = made([trusting, red, moved, neighbour("192.168.64.40")]);
    expect(vteps(kernel)).to.deep.equal(["192.168.64.28", "192.168.64.29", "192.168.64.40", "192.168.64.50"]);
  });

  it("follows them in place, without a word of drift, and takes drift back in words", () => {
    const kernel = made();
    const more = [...all, neighbour("192.168.64.40")];
    expect(change(kernel, all, more)).to.deep.equal([]);
    expect(vteps(kernel)).to.deep.equal(["192.168.64.28", "192.168.64.40"]);
    expect(change(kernel, more, all)).to.deep.equal([]);
    transact(kernel.root, [
      "delete element ip overlaynet-lab vteps { 192.168.64.28 }",
      "add element ip overlaynet-lab vteps { 192.168.64.66 }",
    ]);
    expect(change(kernel, all, all)).to.deep.equal([
      "nft table overlaynet-lab: 192.168.64.28 missing in vteps",
      "nft table overlaynet-lab: 192.168.64.66 left over in vteps",
    ]);
    transact(kernel.root, ["add rule ip overlaynet-lab input accept"]);
    expect(change(kernel, all, all)).to.deep.equal(["nft table overlaynet-lab: rules of chain input changed"]);
    transact(kernel.root, ["delete table ip overlaynet-lab"]);
    expect(change(kernel, all, all)).to.deep.equal(["nft table overlaynet-lab missing"]);
    expect(vteps(kernel)).to.deep.equal(["192.168.64.28"]);
  });

  it("goes when anybody may send, and comes again before the device that it is for", () => {
    const kernel = made();
    const open = [overlayFile({ allowUnknownVteps: true }), red, pink];
    change(kernel, all, open);
    expect(kernel.root.tables.size).to.equal(0);
    change(kernel, open, all);
    expect(kernel.root.tables.size).to.equal(1);
    const lines = commandsOf(planOn(new ModelKernel(), overlay, objectsOf(all)).steps);
    const at = (text: string): number =>
      lines.findIndex((batch) => batch.lines.some((line) => line.text.includes(text)));
    expect(at("add rule ip overlaynet-lab input")).to.be.lessThan(at("type vxlan"));
    expect(at("add element bridge overlaynet ports")).to.be.lessThan(at("type veth"));
  });

  it("is what the device, and a guard what its port, cannot be made without", () => {
    const { steps } = planOn(new ModelKernel(), overlay, objectsOf(all));
    const step = (kind: string): (typeof steps)[number] => steps.find(({ object }) => object.kind === kind)!;
    expect(needs(step("vxlan"), step("filter"))).to.equal(true);
    expect(needs(step("veth"), step("guard"))).to.equal(true);
    expect(needs(step("guard"), step("veth"))).to.equal(false);
    const ports = steps.find(({ object }) => object.kind === "filter" && object.family === "bridge")!;
    expect(needs(step("guard"), ports)).to.equal(true);
    expect(needs(step("vxlan"), ports)).to.equal(false);
  });

  it("is nobody's business who has the VNI instead, and not judged where nobody looked", () => {
    const kernel = new ModelKernel();
    kernel.command("ip", undefined, "netns add docker");
    kernel.command("ip", undefined, "link add name vx-001001 netns docker type vxlan id 42 dstport 4789");
    const found = planOn(kernel, overlay, objectsOf(all));
    expect(found.conflicts.map(({ object }) => object.kind)).to.deep.equal(["vxlan"]);
    expect(found.steps.filter(({ object }) => object.kind === "filter" && object.family === "ip")).to.deep.equal([]);
    const desired = objectsOf(all);
    const unseen = plan({ overlay, desired, previous: desired, observation: made().observe() });
    expect(unseen.steps).to.deep.equal([]);
  });

  it("leaves other tables, those of other overlays among them", () => {
    const kernel = made();
    transact(kernel.root, ["add table ip overlaynet-lab2", "add table ip filter"]);
    change(kernel, all, []);
    expect([...kernel.root.tables.keys()]).to.deep.equal(["ip overlaynet-lab2", "ip filter"]);
  });
});

describe("guards of ports", () => {
  const senders = (kernel: ModelKernel): string[] => [
    ...(kernel.namespaces.get("overns")?.tables.get("bridge overlaynet")?.sets.get("senders")?.elements ?? []),
  ];

  it("follow the container's address, and go with it", () => {
    const kernel = made();
    expect(senders(kernel)).to.deep.equal(["vethO2 . 02:42:07:07:07:02 . 7.7.7.2"]);
    change(kernel, all, [lab, containerFile("red", "7.7.7.6"), pink]);
    expect(senders(kernel)).to.deep.equal(["vethO6 . 02:42:07:07:07:06 . 7.7.7.6"]);
    change(kernel, [lab, containerFile("red", "7.7.7.6"), pink], [lab, pink]);
    expect(kernel.namespaces.get("overns")?.tables.size, "no table without a guard").to.equal(0);
  });

  it("are not there for a container that may send as it likes", () => {
    const kernel = made();
    const green = containerFile("green", "7.7.7.4");
    change(kernel, all, [lab, containerFile("red", "7.7.7.2", { allowSpoofing: true }), green]);
    expect(senders(kernel)).to.deep.equal(["vethO4 . 02:42:07:07:07:04 . 7.7.7.4"]);
  });

  it("are missed in words, by the container that they are of", () => {
    const kernel = made();
    const namespace = kernel.namespaces.get("overns")!;
    transact(namespace, ['delete element bridge overlaynet ports { "vethO2" }']);
    const found = planOn(kernel, overlay, objectsOf(all));
    expect(driftOf(found)).to.deep.equal(["vethO2 not guarded as it should be"]);
    expect(found.steps.map(({ mark }) => mark)).to.deep.equal(["overlaynet:lab:container:red:u-red"]);
  });

  it("stay where the desired state of their container cannot be read", () => {
    const kernel = made();
    const desired = objectsOf([lab, containerFile("green", "7.7.7.4")]);
    const observation = kernel.observe(["overns", "red", "green"]);
    const tables = kernel.tables(tablesOf(overlay, desired));
    const found = plan({ overlay, desired, previous: desired, observation, tables, spared: new Set(["red"]) });
    expect(found.steps.filter(({ object }) => object.kind === "guard-element")).to.deep.equal([]);
  });
});
