/*
 * flannel#2554: what was removed from the store while the daemon was down stayed in the kernel for ever, since only events removed anything. Here a
 * resolver compares at its start, and what carries its stamp and no record names is removed.
 */
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { forwarding, neighbour, pink } from "../sites/scene.js";
import { removeRecord, sceneForEach } from "../sites/suite.js";

describe("flannel#2554: a record that is removed while the resolver is down", function () {
  this.timeout(60_000);
  const scene = sceneForEach({ resolve: "push" });

  it("is gone from the kernel when it starts, and what others wrote is not", async () => {
    const { a, b } = scene();
    await a.startResolver();
    await a.stopResolver("SIGKILL");
    expect(await a.tables())
      .to.include(neighbour(pink))
      .and.to.include(forwarding(pink, b.config.local));
    const foreign = "7.7.9.9 lladdr 02:99:00:00:00:09";
    await a.ip(a.overlay, [`neigh add ${foreign} nud permanent dev vxlan1`]);
    removeRecord(a, "arp", pink);
    removeRecord(a, "fdb", macOfIp(pink));
    await a.startResolver();
    expect(await a.tables()).not.to.include(macOfIp(pink));
    expect(await a.tables()).to.include(foreign);
  });
});
