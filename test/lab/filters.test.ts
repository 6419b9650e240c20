import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { commandsOf, type Desired, type KernelObject, objectsOf, plan, readOutcome, tablesOf } from "@overlaynet/core";
import { missLimit } from "@overlaynet/core/desired/filter";
import { expect } from "chai";
import { forgedEcho } from "../checks/forged.js";
import { ping } from "../checks/ping.js";
import { run } from "../hosts/command.js";
import { until } from "../hosts/poll.js";
import { containerFile, overlay, overlayFile, renamed } from "../model-kernel/specs.js";
import type { ScanOptions } from "../sites/scan.js";
import { skipBecause } from "../skip.js";
import { RealKernel } from "./real-kernel.js";

/** Before the names of the namespaces; unlike anybody else's on this machine. */
const prefix = `ov${randomBytes(3).toString("hex")}-`;
const [host, overns, red, green] = ["host", "overns", "red", "green"].map((name) => `${prefix}${name}`) as [
  string,
  string,
  string,
  string,
];
const macOf = (last: number): string => `02:42:07:07:07:0${last}`;

/** What the tables let through, with packets; the whole way, over SSH and with a resolver, is in attackers.test.ts. */
describe("the filters of a planned host", function () {
  this.timeout(120_000);
  let real: RealKernel;
  let previous: readonly KernelObject[] = [];

  before(function () {
    if (process.getuid?.() !== 0) skipBecause(this, "needs root, to make network namespaces");
    real = new RealKernel(prefix);
    reach();
  });
  after(() => {
    real.remove();
  });

  /** Red and green on one host; what red is asked to be else. */
  function reach(given: Record<string, unknown> = {}): void {
    const files: Desired[] = [
      overlayFile(),
      containerFile("red", "7.7.7.2", given),
      containerFile("green", "7.7.7.4"),
      containerFile("pink", "7.7.7.3", { host: "b" }),
    ];
    const desired = objectsOf(renamed(files, prefix));
    const all = [...desired, ...previous];
    const tables = real.tables(tablesOf(overlay, all));
    const { steps, conflicts } = plan({ overlay, desired, previous, observation: real.observe(all), tables });
    expect(conflicts).to.deep.equal([]);
    for (const batch of commandsOf(steps)) {
      const { stderr, exitCode } = real.run(batch);
      const { failures } = readOutcome(batch, stderr, exitCode);
      expect(failures.map(({ line, message }) => `${line.text}: ${message}`)).to.deep.equal([]);
    }
    previous = desired;
  }

  const inside = async (name: string, script: string, input = ""): Promise<string> =>
    (await run(["ip", "netns", "exec", name, "sh", "-ec", script], { input })).stdout;

  /** Packets that a filter has dropped. */
  function dropped(name: string, counter: string): number {
    for (const table of real.tables(tablesOf(overlay, previous)).values()) {
      if (table !== "absent" && table.counters.has(counter)) return table.counters.get(counter)!.packets;
    }
    throw new Error(`no counter ${counter} in ${name}`);
  }

  /** The kernel's count of a device: `rx packets`. */
  async function count(name: string, device: string, way: "rx" | "tx", what: string): Promise<number> {
    const text = await inside(name, `ip -s -j link show dev ${device}`);
    return (JSON.parse(text) as { stats64: Record<string, Record<string, number>> }[])[0]!.stats64[way]![what]!;
  }

  describe("at a container's port", () => {
    const scan = async (options: ScanOptions): Promise<{ sent: number; lost: number }> => {
      const script = join(__dirname, "..", "sites", "scan.js");
      const { stdout } = await run(["ip", "netns", "exec", red, process.execPath, script, JSON.stringify(options)]);
      return JSON.parse(stdout) as { sent: number; lost: number };
    };
    const own = { ip: [7, 7, 7, 2] };

    /** Red sends forty frames with a VLAN tag, from its own MAC and address. Answers how many frames green got. */
    async function tagged(): Promise<number> {
      const before = await count(green, "eth0", "rx", "packets");
      await scan({ kind: "tagged", count: 40, rate: 1000, claim: own });
      return (await count(green, "eth0", "rx", "packets")) - before;
    }

    it("no VLAN tag passes, though address and MAC are its own", async () => {
      const before = dropped(overns, "spoofed");
      // Now and then the kernel says something by itself.
      expect(await tagged()).to.be.below(10);
      expect(dropped(overns, "spoofed")).to.be.at.least(before + 40);
      reach({ allowSpoofing: true });
      expect(await tagged()).to.be.at.least(40);
      reach();
    });

    it("as many MACs that nobody has are sent to as told, and whoever is known is reached meanwhile", async () => {
      const pinging = (from: string): ReturnType<typeof ping> =>
        ping((argv, rest) => run(["ip", "netns", "exec", from, ...argv], rest), "7.7.7.1", {
          count: 20,
          interval: 0.1,
        });
      await pinging(red);
      const [misses, lost, start] = [dropped(overns, "misses"), await unanswered(), performance.now()];
      const flood = scan({ kind: "echo", count: 8000, rate: 4000, claim: own });
      for (const { sent, received } of await Promise.all([red, green].map(pinging))) expect(received).to.equal(sent);
      const { sent, lost: unsent } = await flood;
      const stopped = dropped(overns, "misses") - misses;
      const passed = (await unanswered()) - lost;
      const seconds = (performance.now() - start) / 1000;
      expect(stopped).to.be.greaterThan(0);
      expect(passed).to.be.within(missLimit.burst, missLimit.burst + missLimit.perSecond * (seconds + 1));
      expect(passed + stopped).to.be.closeTo(sent - unsent, 20);
    });

    /** Packets for which the VXLAN device had no entry: each of them a miss. */
    const unanswered = (): Promise<number> => count(overns, "vxlan1", "tx", "dropped");
  });

  describe("on the way through the host", () => {
    const peer = `${prefix}peer`;
    const guest = `${prefix}guest`;

    before(async () => {
      await run(["ip", "netns", "add", peer]);
      await run(["ip", "netns", "add", guest]);
      await inside(
        host,
        `sysctl -qw net.ipv4.ip_forward=1
         ip link add underlay type veth peer name underlay netns ${peer}
         ip addr add 192.168.64.27/24 dev underlay; ip link set underlay up
         ip link add guest type veth peer name eth0 netns ${guest}
         ip addr add 10.9.9.1/24 dev guest; ip link set guest up
         nft add table ip nat; nft 'add chain ip nat post { type nat hook postrouting priority 100; }'
         nft add rule ip nat post oifname underlay masquerade`,
      );
      await inside(
        peer,
        `ip addr add 192.168.64.28/24 dev underlay; ip link set underlay up
         nft add table ip seen; nft 'add chain ip seen in { type filter hook prerouting priority 0; }'
         nft add rule ip seen in ip saddr 192.168.64.27 udp dport 4789 counter`,
      );
      await inside(
        guest,
        "ip addr add 10.9.9.2/24 dev eth0; ip link set eth0 up; ip route add default via 10.9.9.1 dev eth0",
      );
    });

    /** How many tunnel packets the peer has got that say they come from this host. */
    async function seen(): Promise<number> {
      const [, packets] = /counter packets (\d+)/.exec(await inside(peer, "nft list table ip seen")) ?? [];
      return Number(packets);
    }

    /** A guest of this host, whose packets it masquerades, speaks to the peer's tunnel. */
    async function speak(vni: number): Promise<void> {
      const packet = forgedEcho({
        vni,
        from: { mac: macOf(2), ip: "7.7.7.2" },
        to: { mac: macOf(3), ip: "7.7.7.3" },
      });
      await run(["ip", "netns", "exec", guest, "bash", "-c", "base64 -d >/dev/udp/192.168.64.28/4789"], {
        input: packet.toString("base64"),
      });
    }

    it("nobody speaks with the host's address to the overlay's VTEPs, and others' tunnels are not touched", async () => {
      const [before, forged] = [await seen(), dropped(host, "forged")];
      await speak(42);
      await until("it is dropped", () => Promise.resolve(dropped(host, "forged") === forged + 1), { within: 10_000 });
      await speak(43);
      await until("another VNI's arrives", async () => (await seen()) > before, { within: 10_000 });
      expect(await seen()).to.equal(before + 1);
      await inside(host, `nft flush chain ip overlaynet-${overlay} forward`);
      await speak(42);
      await until("without the rule it arrives", async () => (await seen()) === before + 2, { within: 10_000 });
      reach();
      const again = dropped(host, "forged");
      await speak(42);
      await until("it is dropped again", () => Promise.resolve(dropped(host, "forged") === again + 1), {
        within: 10_000,
      });
      expect(await seen()).to.equal(before + 2);
    });
  });
});
