/*
 * moby#50106 (1c2b744ca2): two addresses had one MAC, and when the first of them left, the forwarding entry went that the second still
 * needed. Here the forwarding table has a record of its own, keyed by MAC, which goes when nobody claims it any more.
 */
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { forwarding, nobody, pink, red } from "../sites/scene.js";
import { echoRecord, removeRecord, sceneForEach } from "../sites/suite.js";

describe("moby#50106: one of two addresses with one MAC", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("leaves, and the other is reached as before", async () => {
    const { a, b } = scene();
    await b.ip(b.container(pink), [`addr add ${nobody}/16 dev eth0`]);
    for (const site of [a, b]) echoRecord(site, "arp", nobody, macOfIp(pink));
    await scene().startBoth();
    expect((await scene().ping(red, nobody)).received).to.equal(1);
    removeRecord(a, "arp", pink);
    await scene().tablesOfA("the first address is gone", (tables) => !tables.includes(`${pink} lladdr`));
    expect(await a.tables()).to.include(forwarding(pink, b.config.local));
    expect((await scene().ping(red, nobody, 3)).received).to.equal(3);
    removeRecord(a, "arp", nobody);
    removeRecord(a, "fdb", macOfIp(pink));
    await scene().tablesOfA("nothing is left", (tables) => tables.trim() === "");
  });
});
