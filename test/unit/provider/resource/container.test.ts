import { expect } from "chai";
import type { ContainerSpec } from "@overlaynet/core";
import { unknownValue } from "@overlaynet/provider/bag";
import type { Bag } from "@overlaynet/provider/engine";
import { containerKind } from "@overlaynet/provider/resource/container";
import { MemberResource } from "@overlaynet/provider/resource/member";
import { PartialFailure } from "@overlaynet/provider/resource/partial";
import { FakeFleet, fakeServices } from "../fake-fleet.js";
import { checked, hosts } from "../samples.js";
import { partial, rejected } from "./rejected.js";

const three = { hosts: hosts("a", "b", "c") };

describe("a Container", () => {
  let fleet: FakeFleet;
  let container: MemberResource<never>;
  let lines: string[];

  beforeEach(() => {
    fleet = new FakeFleet("a", "b", "c");
    const services = fakeServices(fleet);
    lines = services.lines;
    container = new MemberResource(containerKind, services);
  });

  async function create(change?: Bag): Promise<{ id: string; outs: Bag }> {
    return container.create(checked.container(change, three));
  }

  it("is made on its own host and known to the others", async () => {
    const { id, outs } = await create();
    expect(id).to.match(/^red-[0-9a-f]{8}$/);
    expect(outs).to.deep.include({ netnsPath: "/run/netns/red", vethName: "vethO2", mac: "02:42:07:07:07:02" });
    expect(fleet.asked).to.have.members(["a", "b", "c"].map((name) => `apply ${name} container red`));
    const [spec] = fleet.host("c").specs("container") as ContainerSpec[];
    expect(spec).to.deep.include({ host: "a", vtep: "192.168.64.27", ip: "7.7.7.2", overlayId: "lab-1" });
  });

  it("is not begun when its own host does not answer, or has no agent", async () => {
    fleet.host("a").reachable = false;
    expect((await rejected(create())).message).to.match(/^a \(192\.168\.64\.27\): connect: /);
    fleet.host("a").reachable = true;
    fleet.host("a").installed = false;
    expect((await rejected(create())).message).to.match(/^a \(192\.168\.64\.27\): session: /);
    expect(fleet.asked).to.deep.equal([]);
  });

  it("is made though a peer is down, and the peer told later", async () => {
    fleet.host("c").reachable = false;
    const { id, outs } = await create();
    expect(outs["pending"]).to.deep.equal({ c: "c (192.168.64.29): connect: no answer; is it up?" });
    expect(lines.join("\n")).to.match(/warning: c \(/);
    const inputs = checked.container({}, three);
    expect(container.diff(outs, inputs)).to.deep.equal({ changes: true });
    fleet.host("c").reachable = true;
    const updated = await container.update(id, outs, inputs);
    expect(updated.outs).not.to.have.property("pending");
    expect(fleet.host("c").specs("container")).to.have.lengthOf(1);
  });

  it("leaves nobody with what its own host refuses", async () => {
    fleet.host("a").failNext = {
      kind: "container",
      code: "refused",
      message: "namespace red is somebody else's",
      times: 3,
    };
    const error = await rejected(create());
    expect(error.message).to.equal("a (192.168.64.27): apply: namespace red is somebody else's");
    expect(error).not.to.be.instanceOf(PartialFailure);
    for (const host of fleet.hosts.values()) expect(host.held.size, host.name).to.equal(0);
  });

  it("is taken back when a peer refuses it", async () => {
    fleet.host("b").failNext = { kind: "container", code: "refused", message: "7.7.7.2 is green's", times: 3 };
    const error = await rejected(create());
    expect(error.message).to.equal("b (192.168.64.28): apply: 7.7.7.2 is green's");
    for (const host of fleet.hosts.values()) expect(host.held.size, host.name).to.equal(0);
  });

  it("asks again when it is refused for what may be about to change", async () => {
    fleet.host("a").failNext = { kind: "container", code: "refused", message: "7.7.7.2 is green's" };
    const { outs } = await create();
    expect(outs).not.to.have.property("pending");
    expect(fleet.asked.filter((line) => line === "apply a container red")).to.have.lengthOf(2);
  });

  it("is partial when its host began and did not finish", async () => {
    fleet.host("a").failNext = { kind: "container", code: "failed", message: "no space left" };
    const error = await partial(create());
    expect(error.properties).to.deep.include({ __provider: "shim", name: "red" });
    await container.delete(error.id, error.properties);
    for (const host of fleet.hosts.values()) expect(host.held.size, host.name).to.equal(0);
  });

  it("moves: ready there, then the peers, then gone from here", async () => {
    const { id, outs } = await create();
    fleet.asked.length = 0;
    const { outs: moved } = await container.update(id, outs, checked.container({ host: "b" }, three));
    expect(fleet.asked).to.deep.equal(["apply b container red", "apply c container red", "apply a container red"]);
    expect(Number(moved["generation"])).to.be.greaterThan(Number(outs["generation"]));
    expect((fleet.host("a").specs("container")[0] as ContainerSpec).host).to.equal("b");
  });

  it("moves off a dead host, which is told when it is back", async () => {
    const { id, outs } = await create();
    fleet.host("a").reachable = false;
    const inputs = checked.container({ host: "b" }, three);
    const { outs: moved } = await container.update(id, outs, inputs);
    expect(moved["pending"]).to.have.all.keys("a");
    fleet.host("a").reachable = true;
    const { outs: settled } = await container.update(id, moved, inputs);
    expect(settled).not.to.have.property("pending");
    expect((fleet.host("a").specs("container")[0] as ContainerSpec).host).to.equal("b");
  });

  it("is forgotten by a host that leaves the overlay", async () => {
    const { id, outs } = await create();
    await container.update(id, outs, checked.container({}, { hosts: hosts("a", "b") }));
    expect(fleet.host("c").held.size).to.equal(0);
    expect(fleet.host("b").held.size).to.equal(1);
  });

  it("follows its overlay: another id, or one not known yet, replaces it", async () => {
    const { outs } = await create();
    for (const overlayId of ["lab-2", unknownValue]) {
      expect(container.diff(outs, checked.container({ overlayId }, three))).to.deep.equal({
        replaces: ["overlayId"],
        deleteBeforeReplace: true,
      });
    }
    for (const change of [{ ip: "7.7.7.8" }, { mac: "02:42:c0:a8:00:04" }, { host: "b" }, { gateway: true }]) {
      expect(container.diff(outs, checked.container(change, three)), JSON.stringify(change)).to.deep.equal({});
    }
  });

  it("is deleted though a peer is down, but not when its own host is", async () => {
    const { id, outs } = await create();
    fleet.host("c").reachable = false;
    await container.delete(id, outs);
    expect(fleet.host("a").held.size + fleet.host("b").held.size).to.equal(0);
    fleet.host("a").reachable = false;
    expect((await rejected(container.delete(id, outs))).message).to.match(/^a \(.*deleteUnreachable: true/);
    await container.delete(id, { ...outs, deleteUnreachable: true });
  });

  it("reads as it was put, and names the host where it is not known", async () => {
    const inputs = checked.container({}, three);
    const { id, outs } = await container.create(inputs);
    const { __provider, ...given } = inputs;
    expect(await container.read(id, outs)).to.deep.equal({ id, props: outs, inputs: given });
    fleet.host("b").held.clear();
    const read = await container.read(id, outs);
    expect(read.inputs?.["drift"]).to.deep.equal({ b: "container red is not there" });
  });

  it("sees when a host was asked for something else since", async () => {
    const { id, outs } = await create();
    const [key, held] = [...fleet.host("b").held][0]!;
    fleet.host("b").held.set(key, { ...held, spec: { ...held.spec, ip: "7.7.7.77" } as never });
    const { inputs } = await container.read(id, outs);
    expect(inputs?.["drift"]).to.deep.equal({ b: "the host was asked for ip 7.7.7.77, want 7.7.7.2" });
  });
});
