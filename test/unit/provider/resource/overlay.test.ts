import { expect } from "chai";
import type { OverlaySpec } from "@overlaynet/core";
import type { Bag } from "@overlaynet/provider/engine";
import { OverlayResource } from "@overlaynet/provider/resource/overlay";
import { PartialFailure } from "@overlaynet/provider/resource/partial";
import { FakeFleet, fakeServices } from "../fake-fleet.js";
import { checked, hosts } from "../samples.js";
import { partial, rejected } from "./rejected.js";

describe("an Overlay", () => {
  let fleet: FakeFleet;
  let overlay: OverlayResource;
  let lines: string[];

  beforeEach(() => {
    fleet = new FakeFleet("a", "b", "c");
    const services = fakeServices(fleet);
    lines = services.lines;
    overlay = new OverlayResource(services);
  });

  async function create(change?: Bag): Promise<{ id: string; outs: Bag }> {
    return overlay.create(checked.overlay(change));
  }

  it("is told to each of its hosts, each being itself and knowing all", async () => {
    const { id, outs } = await create();
    expect(id).to.match(/^lab-[0-9a-f]{8}$/);
    expect(outs).to.deep.include({ overlayId: id, schemaVersion: 2, status: { a: "ready", b: "ready" } });
    expect(outs).not.to.have.any.keys("pending", "drift", "leaving", "__provider");
    const [spec] = fleet.host("b").specs("overlay") as OverlaySpec[];
    expect(spec).to.deep.include({ host: "b", overlayId: id, leaving: false });
    expect(spec?.hosts).to.deep.equal({ a: "192.168.64.27", b: "192.168.64.28" });
  });

  it("is not begun when a host does not answer", async () => {
    fleet.host("b").reachable = false;
    const error = await rejected(create());
    expect(error.message).to.match(/^b \(192\.168\.64\.28\): connect: /);
    expect(error).not.to.be.instanceOf(PartialFailure);
    expect(fleet.asked).to.deep.equal([]);
  });

  it("puts no agent anywhere when a host cannot have one", async () => {
    fleet.host("a").installed = false;
    fleet.host("b").installed = false;
    fleet.host("b").unfit = true;
    expect((await rejected(create())).message).to.match(/^b \(192\.168\.64\.28\): install: /);
    expect(fleet.opened).to.equal(0);
    expect(fleet.host("a").installed).to.equal(false);
  });

  it("is taken back from the others when one host refuses it", async () => {
    fleet.host("b").failNext = { kind: "overlay", code: "refused", message: "VNI 42 is in use" };
    const error = await rejected(create());
    expect(error.message).to.equal("b (192.168.64.28): apply: VNI 42 is in use");
    expect(error).not.to.be.instanceOf(PartialFailure);
    expect(fleet.host("a").held.size).to.equal(0);
  });

  it("is partial when a host began and did not finish, and the next update finishes it", async () => {
    fleet.host("b").failNext = { kind: "overlay", code: "failed", message: "no space left" };
    const inputs = checked.overlay();
    const error = await partial(overlay.create(inputs));
    expect(error.reasons).to.deep.equal(["b (192.168.64.28): apply: no space left"]);
    expect(error.properties).to.deep.include({ __provider: "shim", overlayId: error.id });
    expect(error.properties["pending"]).to.have.all.keys("b");
    const { outs } = await overlay.update(error.id, error.properties, inputs);
    expect(outs).not.to.have.property("pending");
    expect(fleet.asked.filter((line) => line === "apply b overlay lab")).to.have.lengthOf(2);
  });

  it("is partial when taking it back fails", async () => {
    fleet.host("b").failNext = { kind: "overlay", code: "refused", message: "VNI 42 is in use" };
    fleet.host("a").failRemove = "busy";
    expect(await rejected(create())).to.be.instanceOf(PartialFailure);
  });

  it("is partial when the connection broke while the agent was put there, and a destroy takes that back", async () => {
    for (const name of ["a", "b"]) fleet.host(name).installed = false;
    fleet.host("b").breaks = true;
    const error = await partial(create());
    expect(error.reasons).to.deep.equal(["b (192.168.64.28): install: the connection broke"]);
    expect(error.properties["pending"]).to.have.all.keys("a", "b");
    fleet.host("b").breaks = false;
    fleet.asked.length = 0;
    await overlay.delete(error.id, error.properties);
    expect(fleet.asked).to.include("clear b");
  });

  it("keeps in mind a new host on which the agent could not be put, and lets one that is there under another name be", async () => {
    const { id, outs } = await create();
    const more = checked.overlay({ hosts: hosts("a", "b", "c") });
    fleet.host("c").bootId = fleet.host("a").bootId;
    expect((await rejected(overlay.update(id, outs, more))).message).to.match(/c \(.*same machine as a \(/);
    expect(fleet.host("c").held.size + fleet.host("a").held.size).to.equal(1);
    fleet.host("c").installed = false;
    fleet.host("c").breaks = true;
    const error = await partial(overlay.update(id, outs, more));
    expect(error.properties["leaving"]).to.have.all.keys("c");
    expect(error.properties["hosts"]).to.have.all.keys("a", "b");
    fleet.host("c").breaks = false;
    await overlay.delete(id, error.properties);
    expect(fleet.asked).to.include("clear c");
  });

  it("refuses one machine under two names", async () => {
    fleet.host("b").bootId = fleet.host("a").bootId;
    expect((await rejected(create())).message).to.match(/b \(.*same machine as a \(/);
    expect(fleet.host("a").held.size).to.equal(0);
  });

  it("leaves a host that went down in pending, and tells it at the next update", async () => {
    const { id, outs } = await create();
    fleet.host("b").reachable = false;
    const inputs = checked.overlay({ mtu: 1400 });
    const down = await overlay.update(id, outs, inputs);
    expect(down.outs["pending"]).to.have.all.keys("b");
    expect(lines.join("\n")).to.match(/^\[Overlay lab\] warning: b \(/);
    expect(overlay.diff(down.outs, inputs)).to.deep.equal({ changes: true });
    fleet.host("b").reachable = true;
    const up = await overlay.update(id, down.outs, inputs);
    expect(up.outs).not.to.have.property("pending");
    expect((fleet.host("b").specs("overlay")[0] as OverlaySpec).mtu).to.equal(1400);
    expect(overlay.diff(up.outs, inputs)).to.deep.equal({ changes: false });
  });

  it("needs a new host to answer before anything is changed", async () => {
    const { id, outs } = await create();
    fleet.host("c").reachable = false;
    fleet.asked.length = 0;
    const error = await rejected(overlay.update(id, outs, checked.overlay({ hosts: hosts("a", "b", "c") })));
    expect(error.message).to.match(/^c \(192\.168\.64\.29\): connect: /);
    expect(fleet.asked).to.deep.equal([]);
  });

  it("tells a host that was taken out to leave, and remembers one that did not answer", async () => {
    const { id, outs } = await create({ hosts: hosts("a", "b", "c") });
    fleet.host("c").reachable = false;
    const inputs = checked.overlay();
    const away = await overlay.update(id, outs, inputs);
    expect(away.outs["leaving"]).to.deep.equal(hosts("c"));
    expect(overlay.diff(away.outs, inputs)).to.deep.equal({ changes: true });
    fleet.host("c").reachable = true;
    const back = await overlay.update(id, away.outs, inputs);
    expect(back.outs).not.to.have.property("leaving");
    expect(fleet.host("c").specs("overlay")[0]).to.deep.include({ host: "c", leaving: true });
  });

  it("touches no host for a change of connections alone", async () => {
    const { id, outs } = await create();
    const given = { ...hosts("a"), b: { address: "192.168.64.28", connection: { user: "admin" } } };
    const inputs = checked.overlay({ hosts: given });
    fleet.opened = 0;
    expect(overlay.diff(outs, inputs)).to.deep.equal({});
    const updated = await overlay.update(id, outs, inputs);
    expect(updated.outs["hosts"]).to.deep.equal(given);
    expect(updated.outs["generation"]).to.equal(outs["generation"]);
    expect(fleet.opened).to.equal(0);
  });

  it("is replaced for what a live one cannot change, deleted first", async () => {
    const { outs } = await create();
    for (const change of [{ vni: 43 }, { port: 4790 }, { name: "net" }, { bridge: "br1" }]) {
      const { replaces, deleteBeforeReplace } = overlay.diff(outs, checked.overlay(change));
      expect(replaces, JSON.stringify(change)).to.include(Object.keys(change)[0]);
      expect(deleteBeforeReplace).to.equal(true);
    }
    for (const change of [{ mtu: 1400 }, { learning: true }, { gateway: "7.7.7.9" }, { cidr: "7.7.0.0/16" }]) {
      expect(overlay.diff(outs, checked.overlay(change)), JSON.stringify(change)).to.deep.equal({});
    }
  });

  it("is not changed by who owns it", async () => {
    const { outs } = await create();
    const inputs = checked.overlay({ owner: { project: "p", stack: "s", resource: "renamed" } });
    expect(overlay.diff(outs, inputs)).to.deep.equal({ changes: false });
  });

  it("reads as it was put, and names what differs on which host", async () => {
    const inputs = checked.overlay();
    const { id, outs } = await overlay.create(inputs);
    const { __provider, ...given } = inputs;
    expect(await overlay.read(id, outs)).to.deep.equal({ id, props: outs, inputs: given });
    fleet.host("b").drift = ["vxlan1 mtu 1400, want 1450"];
    fleet.host("a").held.clear();
    const read = await overlay.read(id, outs);
    const drift = { a: "overlay lab is not there", b: "vxlan1 mtu 1400, want 1450" };
    expect(read.inputs?.["drift"]).to.deep.equal(drift);
    expect(read.props?.["drift"]).to.deep.equal(drift);
    expect(overlay.diff(read.props ?? {}, inputs)).to.deep.equal({});
    fleet.host("b").drift = [];
    const mended = await overlay.update(id, read.props ?? {}, inputs);
    expect(mended.outs).not.to.have.property("drift");
    expect(await overlay.read(id, mended.outs)).to.deep.equal({ id, props: mended.outs, inputs: given });
  });

  it("is gone when no host has it, and never because one does not answer", async () => {
    const { id, outs } = await create();
    fleet.host("b").reachable = false;
    expect((await rejected(overlay.read(id, outs))).message).to.match(/^b \(/);
    fleet.host("b").reachable = true;
    fleet.host("a").held.clear();
    fleet.host("b").held.clear();
    expect(await overlay.read(id, outs)).to.deep.equal({});
  });

  it("is deleted everywhere, twice without harm", async () => {
    const { id, outs } = await create();
    await overlay.delete(id, outs);
    await overlay.delete(id, outs);
    expect([fleet.host("a").held.size, fleet.host("b").held.size]).to.deep.equal([0, 0]);
  });

  it("is deleted without a dead host only when told so", async () => {
    const { id, outs } = await create();
    fleet.host("b").reachable = false;
    expect((await rejected(overlay.delete(id, outs))).message).to.match(/^b \(.*deleteUnreachable: true/);
    await overlay.delete(id, { ...outs, deleteUnreachable: true });
    expect(lines.join("\n")).to.match(/let go, as deleteUnreachable says/);
  });

  it("is deleted from a host that was installed anew", async () => {
    const { id, outs } = await create();
    fleet.host("b").installed = false;
    await overlay.delete(id, outs);
    expect(fleet.asked).not.to.include("remove b overlay lab");
  });

  it("is deleted nowhere while containers of another stack live on it anywhere", async () => {
    const { id, outs } = await create();
    fleet.host("b").others = ['"teal" (resource "teal" of shop/prod)'];
    const error = await rejected(overlay.delete(id, outs));
    expect(error.message).to.equal(
      'b (192.168.64.28): remove: overlay "lab" has containers on this host: "teal" (resource "teal" of shop/prod); remove them first',
    );
    expect(fleet.asked.filter((line) => line.startsWith("remove "))).to.deep.equal([]);
    fleet.host("b").others = [];
    await overlay.delete(id, outs);
    expect([fleet.host("a").held.size, fleet.host("b").held.size]).to.deep.equal([0, 0]);
  });

  it("refuses state that later code wrote", async () => {
    const { id, outs } = await create();
    const error = await rejected(overlay.read(id, { ...outs, schemaVersion: 3 }));
    expect(error.message).to.match(/newer version of the package/);
  });
});
