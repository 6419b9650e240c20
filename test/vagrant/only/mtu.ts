import { expectBulkArrives, expectFullSizePasses, untilEveryPairPings } from "../../checks/main-job.js";
import { until } from "../../hosts/poll.js";
import { type GetScene, MENDED, onEach, underlayOf } from "../scene.js";

/** Less than the overlay's packets need, which are 1450 bytes and 50 more on the underlay. */
const SMALL = 1400;

export function describeMtu(scene: GetScene): void {
  describe("an underlay whose MTU changes", () => {
    const set = async (mtu: number): Promise<void> => {
      await onEach(scene().fleet.hosts, async (host) => {
        await host.ssh(["ip", "link", "set", await underlayOf(host), "mtu", `${mtu}`]);
      });
    };
    after(() => set(1500));

    it("carries a TCP stream while it is too small for the overlay's packets", async () => {
      await set(SMALL);
      const { fleet, topology } = scene();
      await untilEveryPairPings(fleet, topology);
      await expectBulkArrives(fleet, topology, "red", "pink", 1_000_000);
      await expectBulkArrives(fleet, topology, "pink", "green", 1_000_000);
    });

    it("carries packets of full size again when it is as before", async () => {
      await set(1500);
      const { fleet, topology } = scene();
      // Containers remember the smaller size of a path for ten minutes (net.ipv4.route.mtu_expires): not the overlay's to mend.
      for (const [name, { host }] of Object.entries(topology.containers)) {
        await fleet.host(host).ssh(["ip", "-n", name, "route", "flush", "cache"]);
      }
      let last: unknown;
      const passes = async (): Promise<boolean> => {
        last = await expectFullSizePasses(fleet, topology).then(
          () => undefined,
          (error: unknown) => error,
        );
        return last === undefined;
      };
      await until("packets of full size pass", passes, { within: MENDED }, () => Promise.resolve(String(last)));
    });
  });
}
