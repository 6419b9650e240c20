/*
 * flannel#427: a miss for an address that nobody has was looked up and logged each time the kernel raised it, for ever ("L3 miss", "route not
 * found"). Here unknown addresses are remembered as such for a second, and told once, then in a summary.
 */
import { expect } from "chai";
import { nobody, red } from "../sites/scene.js";
import { sceneForEach } from "../sites/suite.js";

describe("flannel#427: misses for an address that nobody has", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("are counted each, told once, and looked up once", async () => {
    const { a } = scene();
    await a.startResolver();
    expect((await scene().ping(red, nobody, 3)).received).to.equal(0);
    const { misses, unknownAddresses } = await a.status();
    expect(misses["l3 unknown"]).to.be.above(0);
    expect(unknownAddresses).to.be.at.most(1);
    expect(a.log.split(nobody).length - 1, a.log).to.equal(1);
  });
});
