/*
 * FRR#21472, #21473: a container that moved to another host and back was lost, or stuck to the first host, since announcements overtook each other. Here
 * a move rewrites one record, and each host's entries are what its records say, whatever came before.
 */
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { until } from "../hosts/poll.js";
import { forwarding, neighbour, pink, red } from "../sites/scene.js";
import { echoRecord, sceneForEach } from "../sites/suite.js";

describe("frr#21472: a container that moves back and forth", function () {
  this.timeout(120_000);
  const scene = sceneForEach({ resolve: "push" });

  it("is reached wherever it is, without a word of its own, and no entry leads where it was", async () => {
    const { a, b } = scene();
    await scene().startBoth();
    expect((await scene().ping(red, pink)).received).to.equal(1);
    const reached = async (): Promise<boolean> => (await scene().ping(red, pink)).received === 1;
    const slowest: number[] = [];
    for (const [from, to] of [
      [b, a],
      [a, b],
      [b, a],
      [a, b],
    ] as const) {
      await from.removeContainers([pink]);
      await to.addContainers([pink]);
      const start = performance.now();
      for (const site of [a, b]) echoRecord(site, "fdb", macOfIp(pink), to.config.local);
      await until(`red reaches pink on ${to.overlay}`, reached, { within: 20_000, every: 10 }, () => a.tables());
      slowest.push(performance.now() - start);
      await scene().tablesOfA("a's entries are of where it is", (tables) =>
        to === a
          ? !tables.includes(macOfIp(pink))
          : tables.includes(neighbour(pink)) && tables.includes(forwarding(pink, b.config.local)),
      );
    }
    process.stdout.write(`        reached again after ${slowest.map((ms) => ms.toFixed(0)).join(", ")} ms\n`);
  });
});
