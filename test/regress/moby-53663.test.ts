/*
 * moby#53663, and moby#52661, which it explains: the device had learnt a forwarding entry, so the exclusive add of the permanent one failed
 * with EEXIST; when the learnt one aged, the path died with its neighbour entry intact. Here every entry is written by replacing.
 */
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { run } from "../hosts/command.js";
import { until } from "../hosts/poll.js";
import { forwarding, neighbour, pink, red } from "../sites/scene.js";
import { sceneForEach } from "../sites/suite.js";

describe("moby#53663: a forwarding entry that was learnt before ours is written", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("becomes ours and permanent, though the kernel refuses to add it", async () => {
    const { a, b } = scene();
    await a.ip(a.overlay, ["link set vxlan1 type vxlan learning"]);
    await b.startResolver();
    const learnt = `${macOfIp(pink)} dst ${b.config.local} self`;
    const learns = async (): Promise<boolean> => {
      await b.exec(b.container(pink), ["ping", "-c", "1", "-W", "1", red], { reject: false });
      return (await a.tables()).includes(learnt);
    };
    await until("a learns where pink is", learns, { within: 20_000 }, () => a.tables());
    expect(await a.tables()).not.to.include(forwarding(pink, b.config.local));
    const add = ["fdb", "add", macOfIp(pink), "dev", "vxlan1", "self", "dst", b.config.local, "permanent"];
    expect((await run(["bridge", "-n", a.overlay, ...add], { reject: false })).stderr).to.include("File exists");
    await a.startResolver();
    expect(await a.tables())
      .to.include(forwarding(pink, b.config.local))
      .and.to.include(neighbour(pink));
  });

  it("moby#52661: comes back when it alone is gone", async () => {
    const { a, b } = scene();
    await scene().startBoth();
    await run(["bridge", "-n", a.overlay, "fdb", "del", macOfIp(pink), "dev", "vxlan1", "self"]);
    await scene().tablesOfA("the entry is back", (tables) => tables.includes(forwarding(pink, b.config.local)));
    expect((await scene().ping(red, pink)).received).to.equal(1);
  });
});
