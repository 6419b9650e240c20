/*
 * Calico#9450, #9576: neighbours were kept in a table keyed by MAC, so two addresses with one MAC took the place of each other at every comparison, for
 * ever. Here neighbours are keyed by address and forwarding entries by MAC.
 */
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { nobody, pink } from "../sites/scene.js";
import { echoRecord, sceneForEach } from "../sites/suite.js";

describe("calico#9450: two addresses with one MAC", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("are both there, and the next comparisons have nothing to do", async () => {
    const { a } = scene();
    echoRecord(a, "arp", nobody, macOfIp(pink));
    await a.startResolver();
    const tables = await a.tables();
    for (const ip of [pink, nobody]) expect(tables).to.include(`${ip} lladdr ${macOfIp(pink)} PERMANENT`);
    for (let times = 0; times < 3; times += 1) {
      expect(await a.sync()).to.include({ neighbours: 2, forwarding: 1, added: 0, changed: 0, removed: 0 });
    }
    expect(await a.status()).to.include({ repaired: 0 });
  });
});
