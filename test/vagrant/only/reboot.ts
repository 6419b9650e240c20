import { expect } from "chai";
import { tables } from "../../checks/network.js";
import { untilEveryPairPings } from "../../checks/main-job.js";
import { until } from "../../hosts/poll.js";
import type { Machine } from "../machine.js";
import { type GetScene, member, MENDED, RESOLVER } from "../scene.js";

/**
 * All that was built on a machine, as text that does not change from boot to boot: every link with its MAC, every address
 * and entry. Only the host's ends of the containers' links have no MAC of their own: nobody ever sends to them.
 */
export async function built(machine: Machine): Promise<string> {
  const { stdout } = await machine.script(
    `for ns in $(ip netns list | cut -d' ' -f1 | sort); do
       echo "namespace $ns"
       ip -n "$ns" -o link show | sed -E 's/^[0-9]+: //; s/@if[0-9]+//; s/ link-netnsid [0-9]+//; s/ qlen [0-9]+//; /^vethO/s|link/ether [^ ]+||' | sort
       ip -n "$ns" -4 -o addr show | sed -E 's/^[0-9]+: //' | sort
     done
     echo entries
     ip -n overns neigh show dev vxlan1 nud permanent | sort
     bridge -n overns fdb show dev vxlan1 | grep ' self' | sort
     systemctl is-active ${RESOLVER}`,
    { reject: false },
  );
  return stdout;
}

/** Waits until a machine is what it was. @throws with the difference to be seen in both texts. */
export async function untilBuilt(machine: Machine, before: string): Promise<void> {
  let now = "";
  const same = async (): Promise<boolean> => (now = await built(machine)) === before;
  await until(`${machine.name} has all that it had`, same, { within: MENDED, every: 500 }, async () => {
    return `before:\n${before}\nnow:\n${now}\n${await tables(machine)}`;
  });
}

/** On the asking side: lives until the other was first away and then answered again. */
const AWAY_AND_BACK = (from: string, to: string): string => `
  ask() { ip netns exec ${from} ping -n -q -c 2 -i 0.5 -w 2 ${to} >/dev/null; }
  while ask; do :; done
  until ip netns exec ${from} ping -n -q -c 1 -w 1 ${to} >/dev/null; do :; done`;

export function describeReboot(scene: GetScene): void {
  describe("a reboot of one machine", () => {
    it("brings everything back unaided: namespaces, the same MACs, entries, resolver", async () => {
      const { fleet, topology } = scene();
      const [a, b] = [fleet.host("a"), fleet.host("b")];
      const red = member(scene(), "red");
      const before = await built(a);
      expect(before).to.contain("vxlan1").and.to.contain("active");
      const start = Date.now();
      const seconds = (): string => ((Date.now() - start) / 1000).toFixed(1);
      const firstPing = b.script(AWAY_AND_BACK("pink", red.ip), { timeout: 240_000 }).then(seconds);
      await a.reboot();
      const ssh = seconds();
      const ping = await firstPing;
      const { stdout: uptime } = await a.ssh(["cut", "-d", " ", "-f", "1", "/proc/uptime"]);
      console.log(`      pink gets red's first answer ${ping} s after the reboot was asked for`);
      console.log(`      (SSH answers after ${ssh} s; the machine is up for ${uptime} s now)`);
      await untilBuilt(a, before);
      await untilEveryPairPings(fleet, topology);
    });
  });
}
