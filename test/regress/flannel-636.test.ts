/*
 * flannel#636: while the store was down or answered nonsense, the daemon took the absence of an answer for the absence of records. Here the last good
 * records are kept until the folder can be read again, and what is wrong is told.
 */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { pink, red } from "../sites/scene.js";
import { echoRecord, sceneForEach } from "../sites/suite.js";

describe("flannel#636: records that cannot be read", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("stay as they were last read, while their folder is missing or holds nonsense", async () => {
    const { a } = scene();
    await scene().startBoth();
    const folder = join(a.config.storage, "arp");
    renameSync(folder, `${folder}.away`);
    expect(await a.sync()).to.include({ neighbours: 1, removed: 0 });
    expect((await a.status()).complaints.join()).to.include(folder);
    expect((await scene().ping(red, pink)).received).to.equal(1);
    renameSync(`${folder}.away`, folder);
    echoRecord(a, "arp", pink, "not a MAC");
    expect(await a.sync()).to.include({ neighbours: 1, removed: 0 });
    expect((await a.status()).complaints.join()).to.include(`${pink}: expected a unicast MAC address`);
    expect(a.log).to.include("record ignored");
    expect((await scene().ping(red, pink)).received).to.equal(1);
  });
});
