/*
 * flannel#414: the kernel dropped notices that nobody read in time (ENOBUFS), the daemon ended or went on without them, and entries that went
 * meanwhile stayed away. Here lost notices are counted and everything is compared anew.
 */
import { expect } from "chai";
import { neighbour, pink } from "../sites/scene.js";
import { sceneForEach } from "../sites/suite.js";

describe("flannel#414: notices that the kernel drops", function () {
  this.timeout(90_000);
  const scene = sceneForEach({ resolve: "push" });

  it("make the resolver compare everything anew", async () => {
    const { a } = scene();
    await a.startResolver();
    a.signal("SIGSTOP");
    // Each is a notice in the buffer of the stopped process, which 8 MiB of them fill.
    const others = Array.from(
      { length: 50_000 },
      (_, index) => `7.${8 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
    );
    await a.ip(a.overlay, [
      ...others.map((ip) => `neigh add ${ip} lladdr 02:99:00:00:00:01 nud permanent dev br0`),
      `neigh del ${pink} dev vxlan1`,
    ]);
    a.signal("SIGCONT");
    await scene().tablesOfA("the entry whose deletion went unheard is back", (tables) =>
      tables.includes(neighbour(pink)),
    );
    const { overruns, syncs } = await a.status();
    expect(overruns).to.be.at.least(1);
    expect(syncs["overrun"]).to.be.at.least(1);
  });
});
