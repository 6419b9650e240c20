/*
 * moby 96b424b9b8: misses for addresses outside of the network were looked up in the cluster and waited for, so a container could make the daemon
 * busy by sending anywhere. Here an address outside of the network is passed over before anything is asked, recorded or not.
 */
import { parseIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { red } from "../sites/scene.js";
import { echoRecord, sceneForEach } from "../sites/suite.js";

describe("moby 96b424b9b8: a miss for an address outside of the network", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "miss" });

  it("is counted and gets no answer, though a record names it", async () => {
    const { a, b } = scene();
    const outside = parseIp("8.8.8.8");
    const mac = "02:42:08:08:08:08";
    echoRecord(a, "fdb", mac, b.config.local);
    echoRecord(a, "arp", outside, mac);
    await scene().startBoth();
    await a.ip(a.container(red), [`route add ${outside} dev eth0`]);
    expect((await scene().ping(red, outside)).received).to.equal(0);
    expect((await a.status()).misses["l3 outside"]).to.be.above(0);
    expect(await a.tables()).not.to.include(outside);
  });
});
