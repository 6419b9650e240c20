/*
 * moby 12c6345d3a: a record that could not be parsed was used all the same, and the daemon ended on a nil address. Here text becomes an address in
 * one parse function that answers undefined or a number, and the record is told and passed over.
 */
import { expect } from "chai";
import { macOfIp } from "@overlaynet/core/model/index";
import { neighbour, nobody } from "../sites/scene.js";
import { echoRecord, sceneForEach } from "../sites/suite.js";

describe("moby 12c6345d3a: a bad record", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("is told, and those after it are honoured by the same process", async () => {
    const { a, b } = scene();
    await a.startResolver();
    for (const [key, value] of [
      ["7.7.0.50", ""],
      ["7.7.0.51", "nil"],
      ["7.7.0.52", "ff:ff:ff:ff:ff:ff"],
      ["nil", macOfIp(nobody)],
    ] as const) {
      echoRecord(a, "arp", key, value);
      echoRecord(a, "fdb", `02:42:00:00:00:5${key.at(-1)}`, value);
    }
    echoRecord(a, "fdb", macOfIp(nobody), b.config.local);
    echoRecord(a, "arp", nobody, macOfIp(nobody));
    await scene().tablesOfA("the good record is in the kernel", (tables) => tables.includes(neighbour(nobody)));
    expect(a.log).to.include("record ignored");
    expect((await a.status()).complaints).not.to.deep.equal([]);
  });
});
