import { expect } from "chai";
import { expectBulkArrives, untilEveryPairPings } from "../../checks/main-job.js";
import { median, ping } from "../../checks/ping.js";
import { succeeded } from "../../checks/stack.js";
import type { Machine } from "../machine.js";
import { type GetScene, member, onEach, underlayOf } from "../scene.js";

/** What the underlay does to packets, in both directions. */
const NETEM = "delay 30ms 10ms loss 10% duplicate 5% reorder 25% 50%";

interface Treated {
  readonly dropped: number;
  readonly sent: number;
}

/** What a machine's netem has done so far. */
async function treated(machine: Machine): Promise<Treated> {
  const { stdout } = await machine.ssh(["tc", "-s", "qdisc", "show", "dev", await underlayOf(machine), "root"]);
  const [, sent, dropped] = /Sent \d+ bytes (\d+) pkt \(dropped (\d+)/.exec(stdout) ?? [];
  return { sent: Number(sent), dropped: Number(dropped) };
}

export function describeNetem(scene: GetScene): void {
  describe("an underlay that loses, delays, doubles and reorders packets", () => {
    before(async () => {
      await onEach(scene().fleet.hosts, async (host) => {
        await host.ssh(["tc", "qdisc", "replace", "dev", await underlayOf(host), "root", "netem", ...NETEM.split(" ")]);
      });
    });
    after(async () => {
      await onEach(scene().fleet.hosts, async (host) => {
        await host.ssh(["tc", "qdisc", "del", "dev", await underlayOf(host), "root"]);
      });
      await untilEveryPairPings(scene().fleet, scene().topology);
    });

    it("lets most pings through, late", async () => {
      const [red, pink] = [member(scene(), "red"), member(scene(), "pink")];
      const { sent, received, times } = await ping(red.exec, pink.ip, { count: 100, interval: 0.1 });
      console.log(`      ${received} of ${sent} pings answered, median ${median(times)} ms`);
      expect(received).to.be.within(50, 99);
      // One in four overtakes the others in each direction: the median is of those that were delayed.
      expect(median(times)).to.be.greaterThan(20);
      await onEach(scene().fleet.hosts, async (host) => {
        expect((await treated(host)).dropped).to.be.greaterThan(0);
      });
    });

    it("takes a container that is new, and a TCP stream, whole", async () => {
      const { fleet, stack, topology } = scene();
      const blue = { overlay: "lab", host: "b", ip: "7.7.7.20" };
      const more = { ...topology, containers: { ...topology.containers, blue } };
      await stack.declare(more);
      succeeded("up of one more container", await stack.up());
      await expectBulkArrives(fleet, more, "red", "blue", 1_000_000);
      await stack.declare(topology);
      succeeded("up without it", await stack.up());
    });
  });
}
