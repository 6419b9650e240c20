import { commandsOf, driftOf, markOf, needs, objectsOf, plan } from "@overlaynet/core";
import { expect } from "chai";
import { ModelKernel } from "../../../model-kernel/kernel.js";
import { lacking, surplus } from "../../../model-kernel/lacking.js";
import { apply, planOn } from "../../../model-kernel/run.js";
import { containerFile, overlay, overlayFile } from "../../../model-kernel/specs.js";

const lab = overlayFile();
const red = containerFile("red", "7.7.7.2", { gateway: true });
const green = containerFile("green", "7.7.7.4");
const all = objectsOf([lab, red, green]);

function madeKernel(): ModelKernel {
  const kernel = new ModelKernel();
  apply(kernel, overlay, all, { previous: [] });
  return kernel;
}

/** What differs, and that one application mends it. */
function driftAndMend(kernel: ModelKernel, mark?: Parameters<typeof driftOf>[1]): string[] {
  const drift = driftOf(planOn(kernel, overlay, all), mark);
  expect(apply(kernel, overlay, all).failures).to.deep.equal([]);
  expect(lacking(kernel.observe(), all).join("; ")).to.equal("");
  expect(surplus(kernel.observe(), all).join("; ")).to.equal("");
  return drift;
}

function driftAfter(...commands: readonly (readonly [namespace: string | undefined, command: string])[]): string[] {
  const kernel = madeKernel();
  for (const [namespace, command] of commands) kernel.command("ip", namespace, command);
  return driftAndMend(kernel);
}

describe("drift", () => {
  it("tells a changed attribute with what was found and what is wanted", () => {
    expect(driftAfter(["overns", "link set dev vxlan1 mtu 1400"])).to.deep.equal(["vxlan1 mtu 1400, want 1450"]);
    expect(driftAfter(["overns", "link set dev vxlan1 nomaster"])).to.deep.equal(["vxlan1 master none, want br0"]);
    expect(driftAfter(["overns", "link set dev vxlan1 type vxlan learning"])).to.deep.equal([
      "vxlan1 learning on, want off",
    ]);
    expect(driftAfter(["overns", "link set dev vxlan1 type vxlan local 192.168.64.9"])).to.deep.equal([
      "vxlan1 local 192.168.64.9, want 192.168.64.27",
    ]);
    expect(driftAfter(["green", "link set dev eth0 down"])).to.deep.equal(["green: eth0 down, want up"]);
    expect(driftAfter(["green", "link set dev eth0 address 02:11:22:33:44:55"])).to.deep.equal([
      "green: eth0 mac 02:11:22:33:44:55, want 02:42:07:07:07:04",
    ]);
    expect(driftAfter(["green", "link set dev lo down"])).to.deep.equal(["green: lo down, want up"]);
  });

  it("tells what is missing once, not all that was in it", () => {
    expect(driftAfter(["overns", "link delete dev vxlan1"])).to.deep.equal(["vxlan1 missing"]);
    expect(driftAfter([undefined, "netns delete green"])).to.deep.equal(["namespace green missing"]);
    expect(driftAfter(["overns", "link delete dev vethO4"])).to.deep.equal(["vethO4 missing"]);
  });

  it("makes a namespace anew whose name leads nowhere, when it was accepted before", () => {
    const kernel = madeKernel();
    kernel.command("ip", undefined, "netns delete green");
    const observation = new Map(kernel.observe(["overns", "red", "green"]));
    observation.set("green", "dead");
    const { steps, conflicts } = plan({ overlay, desired: all, previous: all, observation });
    expect(conflicts).to.deep.equal([]);
    expect(driftOf({ steps, conflicts })).to.include("namespace green missing, its name leads nowhere");
    const lines = commandsOf(steps).flatMap((batch) => batch.lines.map(({ text }) => text));
    expect(lines.indexOf("netns delete green")).to.equal(0);
    expect(lines).to.include("netns add green");
  });

  it("leaves a name that leads nowhere and was not accepted before to its owner", () => {
    const kernel = new ModelKernel();
    const observation = new Map([...kernel.observe(["overns", "red"]), ["green", "dead"] as const]);
    const { steps, conflicts } = plan({ overlay, desired: all, previous: [], observation });
    expect(conflicts[0]?.message).to.match(
      /^the name green in \/run\/netns leads to no network namespace .*netns delete green/,
    );
    const greens = markOf(green.owner, green.spec as never);
    expect(steps.filter(({ mark }) => mark === greens)).to.deep.equal([]);
    expect(plan({ overlay, desired: [], previous: [], observation }).steps).to.deep.equal([]);
  });

  it("renames a port that is up in one line where the kernel can", () => {
    const desired = objectsOf([overlayFile({ cidr: "7.7.0.0/16" }), red, green]);
    const observation = madeKernel().observe(["overns", "red", "green"]);
    const linesWith = (renamesLive: boolean): string[] =>
      commandsOf(plan({ overlay, desired, previous: all, observation, renamesLive }).steps).flatMap(({ lines }) =>
        lines.flatMap(({ text }) => (text.startsWith("link ") ? [text] : [])),
      );
    expect(linesWith(true)).to.deep.equal(["link set dev vethO2 name vethO1794", "link set dev vethO4 name vethO1796"]);
    expect(linesWith(false)).to.have.lengthOf(6);
    const moved = objectsOf([lab, containerFile("red", "7.7.7.9"), green]);
    const change = plan({ overlay, desired: moved, previous: all, observation }).steps;
    const renaming = change.find(
      (step) => step.op === "change" && step.changes.some((one) => one.attribute === "name"),
    );
    const entries = change.filter(({ object }) => object.kind === "port-entry");
    expect(entries).to.have.lengthOf(2);
    for (const one of entries) expect(needs(one, renaming!), "waits for the new name").to.equal(true);
  });

  it("keeps its hands off a container whose desired state cannot be read", () => {
    const kernel = madeKernel();
    const desired = objectsOf([lab, red]);
    const spared = new Set(["green"]);
    const observation = kernel.observe(["overns", "red", "green"]);
    expect(plan({ overlay, desired, previous: desired, observation, spared }).steps).to.deep.equal([]);
    expect(plan({ overlay, desired, previous: desired, observation }).steps).to.have.length.greaterThan(0);
  });

  it("tells missing and other addresses, routes, entries", () => {
    expect(driftAfter(["green", "address delete 7.7.7.4/24 dev eth0"])).to.deep.equal([
      "green: eth0 address 7.7.7.4/24 missing",
    ]);
    expect(driftAfter(["red", "route delete default via 7.7.7.1 dev eth0"])).to.deep.equal([
      "red: default route via 7.7.7.1 missing",
    ]);
    expect(driftAfter(["red", "route replace default via 7.7.7.9 dev eth0"])).to.deep.equal([
      "red: default route via 7.7.7.9, want 7.7.7.1",
    ]);
    const kernel = madeKernel();
    kernel.command("bridge", "overns", "fdb delete 02:42:07:07:07:02 dev vethO2 master");
    kernel.command("bridge", "overns", "fdb replace 02:42:07:07:07:04 dev vethO2 master static sticky");
    expect(driftAndMend(kernel)).to.deep.equal([
      "sticky entry of 02:42:07:07:07:02 on vethO2 missing",
      "sticky entry of 02:42:07:07:07:04 on vethO4 missing",
    ]);
  });

  it("tells why a device is made anew", () => {
    expect(
      driftAfter(
        ["overns", "link delete dev vxlan1"],
        [undefined, "link add name vxlan1 netns overns group 118 type vxlan id 42 dstport 4789 proxy l3miss"],
      ),
    ).to.deep.equal(["vxlan1 l2miss off, want on"]);
    expect(
      driftAfter(
        ["overns", "link delete dev vxlan1"],
        ["overns", "link add name vxlan1 group 118 type vxlan id 42 dstport 4789 proxy l2miss l3miss"],
      ),
    ).to.deep.equal(["vxlan1 has its UDP socket in namespace overns, where no underlay is"]);
  });

  it("of one resource is that of its mark", () => {
    const kernel = madeKernel();
    kernel.command("ip", "overns", "link set dev br0 mtu 1400");
    kernel.command("ip", "green", "link set dev eth0 mtu 1400");
    if (green.spec.kind !== "container") throw new Error("a container was made");
    expect(driftAndMend(kernel, markOf(green.owner, green.spec))).to.deep.equal(["green: eth0 mtu 1400, want 1450"]);
  });
});

describe("plan", () => {
  it("gives a default route back that the kernel dropped with an address", () => {
    const kernel = madeKernel();
    kernel.command("ip", "red", "address delete 7.7.7.2/24 dev eth0");
    kernel.command("ip", "red", "address add 7.7.7.200/24 dev eth0 label eth0:ov");
    kernel.command("ip", "red", "route replace default via 7.7.7.1 dev eth0 protocol 118");
    expect(driftAndMend(kernel)).to.deep.equal([
      "red: eth0 address 7.7.7.200/24 left over",
      "red: eth0 address 7.7.7.2/24 missing",
    ]);
  });

  it("leaves a default route of somebody's where none is asked for", () => {
    const kernel = madeKernel();
    kernel.command("ip", "green", "route replace default via 7.7.7.9 dev eth0");
    expect(planOn(kernel, overlay, all).steps).to.deep.equal([]);
  });

  it("removes what carries our stamp and is not desired, though it was never told that it had been", () => {
    const kernel = madeKernel();
    kernel.command("ip", "green", "route replace default via 7.7.7.1 dev eth0 protocol 118");
    kernel.command("bridge", "overns", "fdb replace 02:42:00:00:00:99 dev vethO2 master static sticky");
    kernel.command("ip", "green", "address add 7.7.7.99/24 dev eth0 label eth0:ov");
    expect(driftAndMend(kernel)).to.deep.equal([
      "green: eth0 address 7.7.7.99/24 left over",
      "green: default route via 7.7.7.1 left over",
      "sticky entry of 02:42:00:00:00:99 on vethO2 left over",
    ]);
  });

  it("leaves what others put on our port and into our namespace", () => {
    const kernel = madeKernel();
    kernel.command("bridge", "overns", "fdb replace 02:42:00:00:00:99 dev vethO2 master static");
    kernel.command("ip", "overns", "link add name theirs type bridge");
    kernel.command("ip", "overns", "link set dev theirs alias overlaynet:other:overlay:other:u1 group 118");
    expect(planOn(kernel, overlay, all).steps).to.deep.equal([]);
  });

  it("makes an entry of ours sticky again", () => {
    const kernel = madeKernel();
    kernel.command("bridge", "overns", "fdb replace 02:42:07:07:07:02 dev vethO2 master static");
    expect(driftAndMend(kernel)).to.deep.equal(["sticky entry of 02:42:07:07:07:02 on vethO2 missing"]);
  });

  it("judges what was looked at, and nothing else", () => {
    const kernel = madeKernel();
    kernel.command("ip", "overns", "link set dev br0 mtu 1400");
    kernel.command("ip", "red", "link set dev eth0 down");
    kernel.command("ip", "green", "link set dev eth0 mtu 1400");
    const only = (...names: string[]): string[] => {
      const observation = new Map([...kernel.observe()].filter(([name]) => names.includes(name)));
      return driftOf(plan({ overlay, desired: all, previous: all, observation }));
    };
    expect(only("overns")).to.deep.equal(["br0 mtu 1400, want 1450"]);
    expect(only("overns", "green")).to.deep.equal(["br0 mtu 1400, want 1450", "green: eth0 mtu 1400, want 1450"]);
    expect(only("green")).to.deep.equal([]);
    expect(only("red")).to.deep.equal(["red: default route via 7.7.7.1 missing"]);
    expect(only()).to.deep.equal([]);
  });

  it("makes a new container without having looked at the others", () => {
    const kernel = madeKernel();
    const desired = objectsOf([lab, red, green, containerFile("blue", "7.7.7.5")]);
    const observation = new Map([...kernel.observe(["blue"])].filter(([name]) => ["overns", "blue"].includes(name)));
    const { steps } = plan({ overlay, desired, previous: all, observation });
    expect(steps.map(({ op, object }) => `${op} ${object.kind}`)).to.deep.equal([
      "add namespace",
      "add veth",
      "add address",
      "add port-entry",
    ]);
    expect(commandsOf(steps).map(({ tool, namespace }) => `${tool} ${namespace ?? "-"}`)).to.deep.equal([
      "ip -",
      "ip overns",
      "bridge overns",
      "ip blue",
    ]);
  });

  it("does not take a namespace of our name for an interrupted making when something else is in it", () => {
    const kernel = new ModelKernel();
    kernel.command("ip", undefined, "netns add red");
    expect(planOn(kernel, overlay, all).conflicts).to.deep.equal([]);
    kernel.command("ip", "red", "link add name theirs type bridge");
    expect(planOn(kernel, overlay, all).conflicts).to.have.lengthOf(2);
  });

  it("needs as many processes as containers and five more, for any number of them", () => {
    const containers = Array.from({ length: 200 }, (_, index) => containerFile(`c${index}`, `7.7.7.${index + 2}`));
    const { steps } = planOn(new ModelKernel(), overlay, objectsOf([lab, ...containers]), { previous: [] });
    expect(commandsOf(steps)).to.have.lengthOf(205);
  });
});
