/*
 * moby#35401, #33789, #32195, #35807, #36069: when an address was used again by another container, hosts kept the first one's neighbour or
 * forwarding entry, and whoever had talked to it went on sending to the old MAC. Here entries follow records by comparison with
 * what the kernel holds, never by a history of joins and leaves, and containers that know the old MAC are told the new one.
 */
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { until } from "../hosts/poll.js";
import { pink, red } from "../sites/scene.js";
import { echoRecord, removeRecord, sceneForEach } from "../sites/suite.js";

describe("moby#35401: an address that is used again", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("is reached by who knew its first owner, and nothing of that one stays", async () => {
    const { a, b } = scene();
    await scene().startBoth();
    expect((await scene().ping(red, pink)).received).to.equal(1);
    const mac = "02:42:c0:a8:00:04";
    await b.ip(b.container(pink), [`link set eth0 address ${mac}`]);
    for (const site of [a, b]) {
      echoRecord(site, "fdb", mac, b.config.local);
      echoRecord(site, "arp", pink, mac);
      removeRecord(site, "fdb", macOfIp(pink));
    }
    const reached = async (): Promise<boolean> => (await scene().ping(red, pink)).received === 1;
    await until("red reaches the new owner", reached, { within: 20_000 }, () => a.tables());
    await scene().tablesOfA("the first owner is forgotten", (tables) => !tables.includes(macOfIp(pink)));
    expect(await a.tables())
      .to.include(`${pink} lladdr ${mac} PERMANENT`)
      .and.to.include(`${mac} dst ${b.config.local}`);
  });
});
