/*
 * moby e1a586a9a7: a leave and a join of one address, heard as a single update, left the entries of the first owner behind, because only the new
 * values were looked at. Here the difference between the kernel and the records is mended, so it does not matter what was heard.
 */
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { pink } from "../sites/scene.js";
import { echoRecord, removeRecord, sceneForEach } from "../sites/suite.js";

describe("moby e1a586a9a7: a leave and a join that are heard as one", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("leave nothing of the first owner", async () => {
    const { a, b } = scene();
    await a.startResolver();
    a.signal("SIGSTOP");
    const mac = "02:42:c0:a8:00:04";
    for (let round = 0; round < 3; round += 1) {
      removeRecord(a, "arp", pink);
      echoRecord(a, "arp", pink, round === 2 ? mac : macOfIp(pink));
    }
    removeRecord(a, "fdb", macOfIp(pink));
    echoRecord(a, "fdb", mac, b.config.local);
    a.signal("SIGCONT");
    await scene().tablesOfA("the second owner is there", (tables) => tables.includes(`${pink} lladdr ${mac}`));
    await scene().tablesOfA("the first owner is gone", (tables) => !tables.includes(macOfIp(pink)));
    expect(await a.sync()).to.include({ added: 0, changed: 0, removed: 0 });
  });
});
