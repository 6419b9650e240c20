/*
 * moby d5c69190d1: each network's miss watcher had a netlink socket that was never closed, so sockets leaked with every join and leave. Here a
 * resolver has its few sockets for life, whatever happens to its device's state, its folder and its readers.
 */
import { expect } from "chai";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { macOfIp } from "@overlaynet/core/model/index";
import { neighbour, nobody } from "../sites/scene.js";
import { echoRecord, removeRecord, sceneForEach } from "../sites/suite.js";

describe("moby d5c69190d1: the resolver's sockets", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("are as many after twenty comings and goings as before", async () => {
    const { a, b } = scene();
    await a.startResolver();
    const arp = join(a.config.storage, "arp");
    const comeAndGo = async (): Promise<void> => {
      await a.ip(a.overlay, ["link set vxlan1 down", "link set vxlan1 up"]);
      renameSync(arp, `${arp}.away`);
      await a.sync();
      renameSync(`${arp}.away`, arp);
      echoRecord(a, "fdb", macOfIp(nobody), b.config.local);
      echoRecord(a, "arp", nobody, macOfIp(nobody));
      await a.sync();
      expect(await a.tables()).to.include(neighbour(nobody));
      removeRecord(a, "arp", nobody);
      removeRecord(a, "fdb", macOfIp(nobody));
      await a.sync();
    };
    await comeAndGo();
    const before = a.openFiles();
    for (let round = 0; round < 20; round += 1) await comeAndGo();
    // One may be a control connection that is being closed.
    expect(a.openFiles()).to.be.at.most(before + 1);
  });
});
