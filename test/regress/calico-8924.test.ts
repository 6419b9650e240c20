/*
 * Calico#8924: a VTEP's MAC changed when its device was made anew, and peers sent to the old one. Here the MACs of device and bridge are made from
 * the host's address and the VNI, so they are the same whenever and wherever they are made.
 */
import { expect } from "chai";
import { containerFile, overlayFile } from "../model-kernel/specs.js";
import { PlannedHost } from "../sites/planned-host.js";
import { skipBecause } from "../skip.js";

describe("calico#8924: a network that is made anew", function () {
  this.timeout(60_000);

  it("has the MACs it had, of bridge, device and container", async function () {
    if (process.getuid?.() !== 0) skipBecause(this, "needs root, to make network namespaces");
    const host = new PlannedHost();
    try {
      const macs = async (): Promise<string[]> => {
        const all = await Promise.all([
          ...["br0", "vxlan1"].map((device) => host.ip("overns", "link", "show", device)),
          host.ip("red", "link", "show", "eth0"),
        ]);
        return all.map((text) => /link\/ether (\S+)/.exec(text)?.[1] ?? "none");
      };
      host.reach([overlayFile(), containerFile("red", "7.7.7.2")]);
      const before = await macs();
      expect(before).not.to.include("none");
      host.reach([]);
      // Ports come in another order, too: a bridge without a MAC of its own would take the lowest of theirs.
      host.reach([overlayFile(), containerFile("blue", "7.7.7.5")]);
      host.reach([overlayFile(), containerFile("blue", "7.7.7.5"), containerFile("red", "7.7.7.2")]);
      expect(await macs()).to.deep.equal(before);
      host.reach([]);
    } finally {
      host.remove();
    }
  });
});
