/*
 * moby#29024: ARP for a container of the same host raises a miss too, since the bridge floods it into the VXLAN device; it was answered, and
 * local traffic went into the tunnel. Here this host's own addresses are known by their record's VTEP and get no answer.
 */
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { green, red } from "../sites/scene.js";
import { sceneForEach } from "../sites/suite.js";

describe("moby#29024: a miss for a container of the same host", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "miss" });

  it("gets no answer, and the container answers itself", async () => {
    await scene().startBoth();
    expect((await scene().ping(red, green, 5)).received).to.equal(5);
    expect((await scene().a.status()).misses["l3 local"]).to.be.above(0);
    expect(await scene().a.tables()).not.to.include(macOfIp(green));
  });
});
