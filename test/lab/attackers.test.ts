import type { StatusDocument, StatusOverlay } from "@overlaynet/cli/document/status";
import { expect } from "chai";
import { forgedEcho } from "../checks/forged.js";
import { expectNoChange, RECORDS } from "../checks/main-job.js";
import { expectEveryPairPings, expectPings, members } from "../checks/network.js";
import { ping } from "../checks/ping.js";
import { Stack, succeeded } from "../checks/stack.js";
import { mainJob, type Topology } from "../checks/topology.js";
import { expectUntouched, snapshots } from "../checks/untouched.js";
import { type Endpoint, type Host, Lab, type Snapshot, until } from "../hosts/index.js";

const macOf = (last: number): string => `02:42:07:07:07:0${last}`;
const red = { mac: macOf(2), ip: "7.7.7.2" };
const pink = { mac: macOf(3), ip: "7.7.7.3" };
const strangers = { mac: "02:42:07:07:07:42", ip: "7.7.7.66", vtep: "192.168.64.66" };

/** What somebody on the underlay, in a container, or logged in to a host may try, each beside the proof that it would work where it is allowed. */
describe("attackers", function () {
  this.timeout(300_000);
  this.bail(true);

  let lab: Lab;
  let a: Host;
  let b: Host;
  let stack: Stack;
  let topology: Topology;
  let stranger: Endpoint;
  let untouched: readonly Snapshot[];

  before(async () => {
    lab = await Lab.up({ name: "attack", hosts: 2 });
    [a, b] = [lab.host("a"), lab.host("b")];
    untouched = await snapshots(lab.hosts);
    stack = await Stack.create(lab, "attack");
    topology = mainJob(lab);
    await up({});
    await expectEveryPairPings(lab, topology, { count: 1 });
    const peers = [{ ...red, vtep: a.address }];
    const { mac, vtep: address } = strangers;
    stranger = await lab.endpoint({ name: "stranger", address, vni: 42, ip: "7.7.7.66/24", mac, peers });
  });
  after(() => Lab.down("attack"));

  /** The topology with other arguments of the overlay, or of green. */
  async function up(overlay: Record<string, unknown>, green: Record<string, unknown> = {}): Promise<void> {
    topology = mainJob(lab, overlay);
    const containers = { ...topology.containers, green: { ...topology.containers["green"]!, ...green } };
    topology = { ...topology, containers };
    await stack.declare(topology);
    succeeded("up", await stack.up());
  }

  const inside = (host: Host, name: string, script: string): Promise<string> =>
    host.script(`ip netns exec ${name} bash -eu -c ${JSON.stringify(script)}`).then(({ stdout }) => stdout);

  /** Echo requests that a container's kernel has taken. */
  async function echoes(host: Host, name: string): Promise<number> {
    return echoesIn(await inside(host, name, "grep ^Icmp: /proc/net/snmp"));
  }

  async function status(host: Host): Promise<StatusOverlay> {
    const { stdout } = await host.ssh(["/usr/local/bin/overlaynet", "status", "--json"], { reject: false });
    return (JSON.parse(stdout) as StatusDocument).hosts[0]!.overlays[0]!;
  }

  async function dropped(host: Host, counter: string): Promise<number> {
    return (await status(host)).dropped?.[counter] ?? 0;
  }

  /** Packets that the VXLAN device has seen. */
  async function received(host: Host): Promise<number> {
    const { stdout } = await host.ssh(["ip", "-n", "overns", "-s", "-j", "link", "show", "vxlan1"]);
    return (JSON.parse(stdout) as { stats64: { rx: { packets: number } } }[])[0]!.stats64.rx.packets;
  }

  const knock = (count: number, payload = 56): ReturnType<Endpoint["exec"]> =>
    stranger.exec(["ping", "-n", "-q", "-c", `${count}`, "-i", "0.05", "-W", "1", "-s", `${payload}`, red.ip], {
      reject: false,
    });

  /** Sends a forged packet from a host, as a user. */
  const forge = (host: Host, user: "root" | "vagrant", to: string, packet: Buffer): ReturnType<Host["ssh"]> =>
    host.ssh(["sh", "-c", `echo ${packet.toString("base64")} | base64 -d | socat -u STDIN UDP-SENDTO:${to}:4789`], {
      user,
      reject: false,
    });

  describe("on the underlay", () => {
    it("do not get as far as the VXLAN device, nor with their header in a second fragment", async () => {
      await stranger.exec(["ip", "link", "set", "eth0", "mtu", "800"]);
      const [seen, device, counted] = [await echoes(a, "red"), await received(a), await dropped(a, "strangers")];
      await knock(5);
      await knock(5, 1200);
      expect(await echoes(a, "red")).to.equal(seen);
      expect(await received(a)).to.equal(device);
      expect(await dropped(a, "strangers")).to.be.at.least(counted + 10);
    });

    it("are let in by allowUnknownVteps: true, and kept out again without it", async () => {
      await up({ allowUnknownVteps: true });
      const seen = await echoes(a, "red");
      await knock(5);
      await knock(5, 1200);
      expect(await echoes(a, "red")).to.equal(seen + 10);
      expect((await a.script("nft list tables")).stdout).not.to.include("overlaynet");
      await expectNoChange(stack);
      await up({});
      await knock(5);
      expect(await echoes(a, "red")).to.equal(seen + 10);
      await expectNoChange(stack);
    });

    it("keep their own overlays on the same port", async () => {
      const other = `type vxlan id 77 dstport 4789 nolearning`;
      await a.script(`ip link add vx77 ${other} local ${a.address}
        ip addr add 10.77.0.1/24 dev vx77; ip link set vx77 up
        bridge fdb append 00:00:00:00:00:00 dev vx77 dst ${strangers.vtep}`);
      const there = `ip link add vx77 ${other} local ${strangers.vtep}; ip addr add 10.77.0.2/24 dev vx77; ip link set vx77 up
        bridge fdb append 00:00:00:00:00:00 dev vx77 dst ${a.address}`;
      await stranger.exec(["sh", "-ec", there]);
      const { received: answered } = await ping((argv, options) => stranger.exec(argv, options), "10.77.0.1");
      await a.ssh(["ip", "link", "del", "vx77"]);
      expect(answered).to.equal(5);
    });

    it("hear from us by a record written by hand, and are heard only when they are trusted", async () => {
      const record = `${RECORDS}/arp/${strangers.ip} ${RECORDS}/fdb/${strangers.mac}`;
      const [arp = "", fdb = ""] = record.split(" ");
      await a.script(`echo ${strangers.mac} > ${arp}; echo ${strangers.vtep} > ${fdb}`);
      const from = members(lab, topology).find(({ name }) => name === "red")!;
      const heard = async (): Promise<number> =>
        echoesIn((await stranger.exec(["grep", "^Icmp:", "/proc/net/snmp"])).stdout);
      const before = await heard();
      await until(
        "the stranger hears red",
        async () => {
          expect((await ping(from.exec, strangers.ip, { count: 1, limit: 1 })).received).to.equal(0);
          return (await heard()) > before;
        },
        { within: 20_000 },
      );
      expect((await status(a)).outwardOnly).to.deep.equal([strangers.vtep]);
      await up({ trustedVteps: [strangers.vtep] });
      expect((await status(a)).outwardOnly).to.deep.equal([]);
      await expectPings(from, { name: "stranger", ip: strangers.ip });
      await a.ssh(["rm", arp, fdb]);
      await up({});
    });

    it("find the filter there at no time later than the device, when a host boots", async () => {
      const flood = stranger.exec(["ping", "-n", "-q", "-i", "0.01", "-w", "60", red.ip], { reject: false });
      await a.reboot();
      await until(
        "red is back",
        async () => {
          const { exitCode } = await a.ssh(["ip", "netns", "exec", "red", "ping", "-c1", "-W1", pink.ip], {
            reject: false,
          });
          return exitCode === 0;
        },
        { within: 30_000 },
      );
      expect(await echoes(a, "red")).to.equal(0);
      expect(await dropped(a, "strangers")).to.be.greaterThan(0);
      flood.kill("SIGINT");
      await flood;
    });

    it("gain nothing for long by a flushed ruleset: it is drift, and mended by up and by the host itself", async () => {
      await b.ssh(["nft", "flush", "ruleset"]);
      const { output } = succeeded("refresh", await stack.refresh());
      expect(output).to.include("nft table overlaynet-lab missing");
      succeeded("up", await stack.up());
      await expectNoChange(stack);
      await b.ssh(["nft", "flush", "ruleset"]);
      await b.ssh(["systemctl", "start", "overlaynet-ensure@lab.service"]);
      expect((await b.script("nft list tables")).stdout).to.include("overlaynet-lab");
    });
  });

  describe("logged in to a host as somebody else", () => {
    const [toPink, toRed] = [
      forgedEcho({ vni: 42, from: red, to: pink }),
      forgedEcho({ vni: 42, from: pink, to: red }),
    ];

    it("cannot speak for the host, or to its own device", async () => {
      const [seen, forged] = [await echoes(b, "pink"), await dropped(a, "forged")];
      await forge(a, "vagrant", b.address, toPink);
      await until("it is dropped", async () => (await dropped(a, "forged")) === forged + 1, { within: 10_000 });
      await forge(a, "root", b.address, toPink);
      await until("root's is taken", async () => (await echoes(b, "pink")) > seen, { within: 10_000 });
      expect(await echoes(b, "pink")).to.equal(seen + 1);
      const [own, strange] = [await echoes(a, "red"), await dropped(a, "strangers")];
      await forge(a, "vagrant", a.address, toRed);
      await until("it is dropped", async () => (await dropped(a, "strangers")) === strange + 1, { within: 10_000 });
      expect(await echoes(a, "red")).to.equal(own);
    });

    it("can write to nothing of ours, and read nothing of who asked for what", async () => {
      const places =
        "/var/lib/overlaynet /run/overlaynet /run/overlaynet-resolver /usr/local/lib/overlaynet /usr/local/bin/overlaynet /etc/systemd/system/overlaynet-*";
      const { stdout: writable } = await a.script(
        `find -L ${places} \\( -perm /022 -o ! -user root \\) -not -type l -printf '%M %u %p\\n'`,
      );
      // The resolver's socket and its folder are its own user's, a transient one; 0600 keeps others out.
      const others = writable
        .split("\n")
        .filter((line) => line !== "" && !line.includes(" /run/overlaynet-resolver/lab"));
      expect(others).to.deep.equal([]);
      const { stdout: socket } = await a.ssh([
        "stat",
        "-L",
        "-c",
        "%a %F",
        "/run/overlaynet-resolver/lab/control.sock",
      ]);
      expect(socket).to.match(/^[67]00 socket/);
      const modes = await a.script(
        "cd /var/lib/overlaynet/lab; stat -c '%a %U %n' desired desired/*.json written.json records/arp/*",
      );
      for (const line of modes.stdout.split("\n")) {
        expect(line).to.match(
          /^(700 root desired|600 root desired\/\S+|600 root written\.json|644 root records\/arp\/\S+)$/,
        );
      }
      const tries = [
        ["cat", "/var/lib/overlaynet/lab/desired/overlay.json"],
        ["ls", "/var/lib/overlaynet/lab/desired"],
        ["sh", "-c", "echo > /var/lib/overlaynet/lab/records/arp/7.7.7.2"],
        ["sh", "-c", "echo > /run/overlaynet/lab/resolver.json"],
        ["sh", "-c", "exec 9<>/run/overlaynet/lock"],
        ["socat", "-u", "STDIN", "UNIX-CONNECT:/run/overlaynet-resolver/lab/control.sock"],
        ["/usr/local/bin/overlaynet", "ensure", "lab"],
        ["ip", "netns", "exec", "red", "true"],
        ["nsenter", "--net=/run/netns/overns", "true"],
      ];
      for (const argv of tries) {
        const { exitCode } = await a.ssh(argv, { user: "vagrant", reject: false });
        expect(exitCode, argv.join(" ")).not.to.equal(0);
      }
    });
  });

  describe("in a container", () => {
    /** Green claims red's and the gateway's address, red's MAC, and speaks IPv6; it answers whether anybody believed it. */
    async function deceive(): Promise<{ neighbour: string; port: string; foreign: boolean }> {
      const claim = (ip: string): string =>
        `ip addr add ${ip}/32 dev eth0; ping -n -c 2 -i 0.1 -W 1 -I ${ip} 7.7.7.1 || true; ip addr del ${ip}/32 dev eth0`;
      await expectPings(
        members(lab, topology).find(({ name }) => name === "red")!,
        { name: "gateway", ip: "7.7.7.1" },
        { count: 1 },
      );
      await inside(a, "green", `${claim(red.ip)}; ${claim("7.7.7.1")}`);
      const { stdout: neighbour } = await a.ssh(["ip", "-n", "overns", "neigh", "show", red.ip, "dev", "br0"]);
      const mac = `ip link set eth0 address ${red.mac}; ping -n -c 2 -i 0.1 -W 1 7.7.7.1 || true; ip link set eth0 address ${macOf(4)}`;
      await inside(a, "green", mac);
      const { stdout: port } = await a.script(`bridge -n overns fdb show br br0 | grep '^${red.mac} '`);
      const before = await echoes(a, "red");
      const raw = `ip addr add 7.7.7.99/32 dev eth0; ping -n -c 2 -i 0.1 -W 1 -I 7.7.7.99 ${red.ip} || true; ip addr del 7.7.7.99/32 dev eth0`;
      await inside(a, "green", raw);
      return { neighbour, port, foreign: (await echoes(a, "red")) > before };
    }

    it("are not believed to be another container, or the gateway", async () => {
      const spoofed = await dropped(a, "spoofed");
      const { neighbour, port, foreign } = await deceive();
      expect(neighbour).to.include(`lladdr ${red.mac}`);
      expect(port).to.include("dev vethO2");
      expect(foreign).to.equal(false);
      expect(await dropped(a, "spoofed")).to.be.greaterThan(spoofed + 3);
      await expectEveryPairPings(lab, topology, { count: 1 });
    });

    it("may do so with allowSpoofing: true", async () => {
      await up({}, { allowSpoofing: true });
      const { neighbour, foreign } = await deceive();
      expect(neighbour).to.include(`lladdr ${macOf(4)}`);
      expect(foreign).to.equal(true);
      await expectNoChange(stack);
      await up({});
      // What the others have come to believe meanwhile they would believe for a while.
      await a.script(
        "for name in red green overns; do ip -n $name neigh flush dev $([ $name = overns ] && echo br0 || echo eth0); done",
      );
      await expectEveryPairPings(lab, topology, { count: 1 });
    });

    it("cannot drown the others in broadcasts", async () => {
      const from = members(lab, topology).find(({ name }) => name === "red")!;
      const flow = ping(from.exec, pink.ip, { count: 100, interval: 0.02 });
      const before = await dropped(a, "storms");
      await inside(a, "green", "head -c 2000000 /dev/zero | socat -u -b 100 STDIN UDP-DATAGRAM:7.7.7.255:9,broadcast");
      expect(await dropped(a, "storms")).to.be.greaterThan(before + 1000);
      const { sent, received: answered } = await flow;
      expect(answered).to.equal(sent);
    });
  });

  describe("or not", () => {
    it("leave the hosts as they were after destroy", async () => {
      succeeded("destroy", await stack.destroy());
      await expectUntouched(lab.hosts, untouched, "after destroy");
    });
  });
});

/** The kernel's count, from the two lines about ICMP in /proc/net/snmp. */
function echoesIn(snmp: string): number {
  const [names = "", values = ""] = snmp.split("\n");
  return Number(values.split(" ")[names.split(" ").indexOf("InEchos")]);
}
