/*
 * libnetwork#1842: an entry that was lost stayed lost, because what had been programmed once was not programmed again on an L3 miss. Here a
 * miss is answered from the records, whatever was done before.
 */
import { expect } from "chai";
import { run } from "../hosts/command.js";
import { macOfIp } from "@overlaynet/core/model/index";
import { pink, red } from "../sites/scene.js";
import { sceneForEach } from "../sites/suite.js";

describe("libnetwork#1842: an entry that was programmed and lost", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "miss" });

  it("is programmed again by the next miss, each time", async () => {
    const { a } = scene();
    await scene().startBoth();
    for (let round = 0; round < 3; round += 1) {
      expect((await scene().ping(red, pink, 2)).received, `round ${round}`).to.equal(2);
      await run(["ip", "-n", a.overlay, "neigh", "del", pink, "dev", "vxlan1"]);
      await run(["bridge", "-n", a.overlay, "fdb", "del", macOfIp(pink), "dev", "vxlan1", "self"]);
      await run(["ip", "-n", a.container(red), "neigh", "flush", "all"]);
    }
    expect((await a.status()).misses["l3 answered"]).to.be.at.least(3);
  });
});
