/*
 * moby's first miss handler (libnetwork drivers/overlay, before 2016) took a container's address from the last four bytes of its MAC, so that one with
 * a MAC of its own was never found. Here an address and a MAC belong together by a record and by nothing else.
 */
import { expect } from "chai";
import { run } from "../hosts/command.js";
import { pink, red } from "../sites/scene.js";
import { echoRecord, removeRecord, sceneForEach } from "../sites/suite.js";
import { macOfIp } from "@overlaynet/core/model/index";

describe("moby: a container with a MAC of its own", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "miss" });

  it("is found by its address, and by its MAC alone, where the bytes of one are in the other nowhere", async () => {
    const { a, b } = scene();
    const mac = "0a:00:27:00:00:99";
    await b.ip(b.container(pink), [`link set eth0 address ${mac}`]);
    for (const site of [a, b]) {
      removeRecord(site, "fdb", macOfIp(pink));
      echoRecord(site, "fdb", mac, b.config.local);
      echoRecord(site, "arp", pink, mac);
    }
    await scene().startBoth();
    expect((await scene().ping(red, pink)).received).to.equal(1);
    expect(await a.tables()).to.include(`${pink} lladdr ${mac}`);
    // Red knows the MAC now: what the device lacks is the way to it alone, and the frame that asks is lost (kernel: no queue).
    await run(["bridge", "-n", a.overlay, "fdb", "del", mac, "dev", "vxlan1", "self"]);
    expect((await scene().ping(red, pink, 10)).received).to.be.at.least(8);
    expect((await a.status()).misses["l2 answered"]).to.be.above(0);
  });
});
