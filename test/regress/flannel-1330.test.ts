/*
 * flannel#1330, #1155, #1795: udev or a network manager gave the device another MAC than the one its peers had been told. Here every MAC that peers
 * depend on is given when the link is made, read back by every observation, and set again when somebody changed it.
 */
import { macOfBridge, macOfIp, parseIp, parseVni } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { containerFile, overlayFile } from "../model-kernel/specs.js";
import { PlannedHost } from "../sites/planned-host.js";
import { skipBecause } from "../skip.js";

describe("flannel#1330: a MAC that somebody changes", function () {
  this.timeout(60_000);
  let host: PlannedHost;
  const network = [overlayFile(), containerFile("red", "7.7.7.2")];

  before(function () {
    if (process.getuid?.() !== 0) skipBecause(this, "needs root, to make network namespaces");
    host = new PlannedHost();
    host.reach(network);
  });
  after(() => {
    host.reach([]);
    host.remove();
  });

  for (const [namespace, device, mac] of [
    ["overns", "br0", macOfBridge(parseVni(42))],
    ["overns", "vxlan1", "02:76:c0:a8:40:1b"],
    ["red", "eth0", macOfIp(parseIp("7.7.7.2"))],
  ] as const) {
    it(`is given back to ${device}`, async () => {
      const shown = (): Promise<string> => host.ip(namespace, "link", "show", device);
      expect(await shown()).to.include(mac);
      await host.ip(namespace, "link", "set", "dev", device, "address", "02:11:22:33:44:55");
      expect(host.reach(network)).not.to.deep.equal([]);
      expect(await shown()).to.include(mac);
      expect(host.reach(network)).to.deep.equal([]);
    });
  }
});
