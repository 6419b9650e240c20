/*
 * moby#50260 (89d3419093): a network that was deleted and made again at once met its own remains, since the kernel takes a namespace down
 * when it finds time. Here the VXLAN device is deleted by itself before its namespace, which frees its VNI at once.
 */
import { run } from "../hosts/command.js";
import { expect } from "chai";
import { containerFile, overlayFile } from "../model-kernel/specs.js";
import { PlannedHost } from "../sites/planned-host.js";
import { skipBecause } from "../skip.js";

describe("moby#50260: a network that is deleted and made again at once", function () {
  this.timeout(60_000);
  let host: PlannedHost;

  before(function () {
    if (process.getuid?.() !== 0) skipBecause(this, "needs root, to make network namespaces");
    host = new PlannedHost();
  });
  after(() => {
    host.remove();
  });

  it("is there again, ten times, though a process still lives in the old namespace", async () => {
    const network = [overlayFile(), containerFile("red", "7.7.7.2")];
    const inside: ReturnType<typeof run>[] = [];
    for (let round = 0; round < 10; round += 1) {
      host.reach(network);
      const sleeper = run(["ip", "netns", "exec", `${host.prefix}overns`, "sleep", "60"], { reject: false });
      inside.push(sleeper);
      host.reach([]);
    }
    host.reach(network);
    expect(host.reach(network)).to.deep.equal([]);
    expect(await host.ip("overns", "link", "show", "vxlan1")).to.include("UP");
    for (const sleeper of inside) sleeper.kill("SIGKILL");
    await Promise.all(inside);
    host.reach([]);
  });
});
