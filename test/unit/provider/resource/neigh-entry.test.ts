import { expect } from "chai";
import type { NeighSpec } from "@overlaynet/core";
import { MemberResource } from "@overlaynet/provider/resource/member";
import { neighEntryKind } from "@overlaynet/provider/resource/neigh-entry";
import { FakeFleet, fakeServices } from "../fake-fleet.js";
import { checked, hosts } from "../samples.js";
import { rejected } from "./rejected.js";

const three = { hosts: hosts("a", "b", "c") };

describe("a NeighEntry", () => {
  let fleet: FakeFleet;
  let entry: MemberResource<never>;

  beforeEach(() => {
    fleet = new FakeFleet("a", "b", "c");
    entry = new MemberResource(neighEntryKind, fakeServices(fleet));
  });

  it("is told to all hosts, its VTEP as an address", async () => {
    await entry.create(checked.neigh({ vtep: "b" }, three));
    for (const host of fleet.hosts.values()) {
      const [spec] = host.specs("neigh") as NeighSpec[];
      expect(spec, host.name).to.deep.include({ ip: "7.7.7.9", mac: "02:42:c0:a8:00:04", vtep: "192.168.64.28" });
    }
  });

  it("is told to the hosts it names only, and follows a change of them", async () => {
    const { id, outs } = await entry.create(checked.neigh({ hosts: ["a", "b"] }, three));
    const held = (): string[] => [...fleet.hosts.values()].filter((host) => host.held.size > 0).map(({ name }) => name);
    expect(held()).to.deep.equal(["a", "b"]);
    await entry.update(id, outs, checked.neigh({ hosts: ["b", "c"] }, three));
    expect(held()).to.deep.equal(["b", "c"]);
  });

  it("needs one host that answers; the others are told later", async () => {
    fleet.host("a").reachable = false;
    fleet.host("b").reachable = false;
    const { outs } = await entry.create(checked.neigh({}, three));
    expect(outs["pending"]).to.have.all.keys("a", "b");
    fleet.host("c").reachable = false;
    expect((await rejected(entry.create(checked.neigh({}, three)))).message.split("\n")).to.have.lengthOf(3);
  });

  it("is deleted from those that answer, when any does", async () => {
    const { id, outs } = await entry.create(checked.neigh({}, three));
    fleet.host("a").reachable = false;
    await entry.delete(id, outs);
    expect(fleet.host("b").held.size + fleet.host("c").held.size).to.equal(0);
    fleet.host("b").reachable = false;
    fleet.host("c").reachable = false;
    expect((await rejected(entry.delete(id, outs))).message).to.match(/deleteUnreachable/);
  });
});
