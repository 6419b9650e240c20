/*
 * Calico#7281: a node came back under another name, and its containers' forwarding entries went on to lead to the address of the old one. Here a
 * forwarding entry is keyed by MAC alone and has one destination, the one of its record.
 */
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { forwarding, pink, red } from "../sites/scene.js";
import { echoRecord, sceneForEach } from "../sites/suite.js";

describe("calico#7281: a host that comes back with another address", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("is where its containers' entries lead to, and nowhere else", async () => {
    const { a, b } = scene();
    echoRecord(a, "fdb", macOfIp(pink), "192.168.64.50");
    await scene().startBoth();
    expect(await a.tables()).to.include(`${macOfIp(pink)} dst 192.168.64.50`);
    echoRecord(a, "fdb", macOfIp(pink), b.config.local);
    await scene().tablesOfA("the entry leads to b", (tables) => tables.includes(forwarding(pink, b.config.local)));
    expect((await a.tables()).split(macOfIp(pink)).length - 1, "one neighbour, one forwarding entry").to.equal(2);
    expect((await scene().ping(red, pink)).received).to.equal(1);
  });
});
