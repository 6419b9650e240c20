/*
 * flannel#869: somebody deleted the VXLAN device and flannel, which had made it at its start, did not make it again. Here ensure plans from what is
 * there: a device that is missing is made, and the resolver ends when it loses its device, so that ensure runs before it again.
 */
import { expect } from "chai";
import { containerFile, overlayFile } from "../model-kernel/specs.js";
import { PlannedHost } from "../sites/planned-host.js";
import { sceneForEach } from "../sites/suite.js";
import { skipBecause } from "../skip.js";

describe("flannel#869: a VXLAN device that somebody deletes", function () {
  this.timeout(60_000);

  it("is made again, on the bridge and up, by the plan that would have made it", async function () {
    if (process.getuid?.() !== 0) skipBecause(this, "needs root, to make network namespaces");
    const host = new PlannedHost();
    try {
      const network = [overlayFile(), containerFile("red", "7.7.7.2")];
      host.reach(network);
      await host.ip("overns", "link", "delete", "dev", "vxlan1");
      host.reach(network);
      expect(await host.ip("overns", "-d", "link", "show", "vxlan1")).to.match(
        /,UP[\s\S]*master br0[\s\S]*vxlan id 42/,
      );
      expect(host.reach(network)).to.deep.equal([]);
      host.reach([]);
    } finally {
      host.remove();
    }
  });

  describe("under a resolver", () => {
    const scene = sceneForEach({ resolve: "push" });

    it("ends it, with a sentence", async () => {
      const { a } = scene();
      await a.startResolver();
      await a.ip(a.overlay, ["link del vxlan1"]);
      expect(await a.ended()).to.equal(1);
      expect(a.log).to.include("vxlan1 is gone");
    });
  });
});
