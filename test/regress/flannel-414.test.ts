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
    await a.overflowNotices();
    await a.ip(a.overlay, [`neigh del ${pink} dev vxlan1`]);
    a.signal("SIGCONT");
    await scene().tablesOfA("the entry whose deletion went unheard is back", (tables) =>
      tables.includes(neighbour(pink)),
    );
    const { overruns, syncs } = await a.status();
    expect(overruns).to.be.at.least(1);
    expect(syncs["overrun"]).to.be.at.least(1);
  });
});
