/*
 * moby#50236 (7a12bbe5d3): forwarding entries were added with the bridge's address family and deleted with another, so that each deletion
 * failed and the entry leaked. Here one function makes the message for both, and a deletion that finds nothing is looked at again.
 */
import { bytesOfIp, bytesOfMac, EntryWriter } from "@overlaynet/agent/entries/index";
import { AF, NTF, unmarshalNeighbour } from "@overlaynet/agent/netlink/index";
import { ipToNumber, macOfIp, macToNumber, parseIp } from "@overlaynet/core/model/index";
import { Actions, Do } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { pink } from "../sites/scene.js";
import { removeRecord, sceneForEach } from "../sites/suite.js";
import { deviceIndex, FakeKernel } from "../unit/agent/entries/fake-kernel.js";

describe("moby#50236: an entry that is deleted", () => {
  it("is named by the family and flags it was written with", () => {
    const kernel = new FakeKernel();
    const [ip, mac, vtep] = [ipToNumber(pink), macToNumber(macOfIp(pink)), ipToNumber(parseIp("192.168.64.28"))];
    const actions = new Actions();
    actions.push(Do.SetForwarding, mac, vtep);
    actions.push(Do.DeleteForwarding, mac, 0);
    actions.push(Do.SetNeighbour, ip, mac);
    actions.push(Do.DeleteNeighbour, ip, 0);
    new EntryWriter(kernel, deviceIndex).write(actions, true);
    const [set, remove, setNeighbour, removeNeighbour] = kernel.requests.map(({ payload }) =>
      unmarshalNeighbour(payload),
    );
    for (const one of [set, remove]) expect(one).to.include({ family: AF.BRIDGE });
    for (const one of [set, remove]) expect((one?.flags ?? 0) & NTF.SELF).to.equal(NTF.SELF);
    expect([set?.linkAddress, remove?.linkAddress]).to.deep.equal([bytesOfMac(mac), bytesOfMac(mac)]);
    for (const one of [setNeighbour, removeNeighbour]) expect(one).to.include({ family: AF.INET });
    expect([setNeighbour?.destination, removeNeighbour?.destination]).to.deep.equal([bytesOfIp(ip), bytesOfIp(ip)]);
  });

  describe("on the real kernel", function () {
    this.timeout(60_000);
    const scene = sceneForEach({ resolve: "push" });

    it("is gone from both tables", async () => {
      const { a } = scene();
      await a.startResolver();
      removeRecord(a, "arp", pink);
      removeRecord(a, "fdb", macOfIp(pink));
      await scene().tablesOfA("no entry is left", (tables) => tables.trim() === "");
    });
  });
});
