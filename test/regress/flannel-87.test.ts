/*
 * flannel#87: misses were answered with entries that may age; the kernel kept the aged entry without using it, raised no miss, and traffic stopped. Here
 * entries are permanent, and one that is not is replaced.
 */
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { neighbour, pink, red } from "../sites/scene.js";
import { sceneForEach } from "../sites/suite.js";

describe("flannel#87: a neighbour entry that the kernel holds and does not use", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  for (const state of ["stale", "reachable", "failed"]) {
    it(`is permanent again after it was ${state}`, async () => {
      const { a } = scene();
      await scene().startBoth();
      await a.ip(a.overlay, [`neigh replace ${pink} lladdr ${macOfIp(pink)} nud ${state} dev vxlan1`]);
      await scene().tablesOfA("it is permanent", (tables) => tables.includes(neighbour(pink)));
      expect((await scene().ping(red, pink)).received).to.equal(1);
    });
  }
});
