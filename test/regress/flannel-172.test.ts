/*
 * flannel#172: the first packet to another host was lost, since the miss it raised was answered for the next one. Here both entries are written
 * on the first miss and the waiting container gets its ARP reply at once, so its queued packet leaves.
 */
import { expect } from "chai";
import { pink, red } from "../sites/scene.js";
import { sceneForEach } from "../sites/suite.js";

describe("flannel#172: the first packet", function () {
  this.timeout(60_000);

  for (const resolve of ["miss", "push"] as const) {
    describe(`with resolve: "${resolve}"`, () => {
      const scene = sceneForEach({ resolve });

      it("arrives", async () => {
        await scene().startBoth();
        expect((await scene().ping(red, pink, 1)).received).to.equal(1);
      });
    });
  }
});
