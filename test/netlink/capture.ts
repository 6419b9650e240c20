/**
 * `npm run capture:netlink > test/golden/netlink/kernel.txt`, as root: what the kernel really says, as text. Each datagram is preceded by the
 * command that made the kernel say it, and followed by what it says in words. Indexes, times and generated addresses differ from one run to
 * the next.
 */
import { AF, marshalAttributes, marshalLink, marshalNeighbour, NDA, NLM_F, RTM } from "@overlaynet/agent/netlink/index";
import { parseIp } from "@overlaynet/core/model/index";
import { release } from "node:os";
import { run } from "../hosts/command.js";
import type { Site } from "../sites/site.js";
import { TwoSites } from "../sites/two-sites.js";
import { Recorder } from "./recorder.js";

const red = parseIp("7.7.0.2");
const device = ["dev", "vxlan1"];
const mac = "02:42:07:07:00:03";
const others = ["05", "06", "07"].map((last) => `02:42:07:07:00:${last}`) as [string, string, string];

async function main(): Promise<void> {
  const sites = await TwoSites.build();
  const { a } = sites;
  const recorder = new Recorder(a.namespacePath, (text) =>
    text.replaceAll(a.overlay, "over").replaceAll(a.container(red), "red"),
  );
  try {
    await a.addContainers([red]);
    const kernel = release().split("-")[0] ?? "";
    process.stdout.write(
      `# Linux ${kernel}; made by test/netlink/capture.ts. vxlan1 was made in another namespace and moved.\n\n`,
    );
    await misses(recorder, a);
    await written(recorder, a);
    await links(recorder, a);
    dumps(recorder);
    await interruptedDump(recorder, a);
    refusals(recorder);
    await gone(recorder, a);
  } finally {
    recorder.close();
    await sites.remove();
  }
}

async function misses(recorder: Recorder, a: Site): Promise<void> {
  const ping = (to: string): string[] => ["ip", "netns", "exec", a.container(red), "ping", "-c", "1", "-W", "1", to];
  await recorder.hear("L3 miss", ping("7.7.0.3"), RTM.GETNEIGH, AF.INET);
  await run(["ip", "-n", a.container(red), "neigh", "replace", "7.7.0.3", "lladdr", mac, "dev", "eth0"]);
  await recorder.hear("L2 miss", ping("7.7.0.3"), RTM.GETNEIGH, AF.INET);
  await recorder.hear("IPv6 miss", ping("fe80::1%eth0"), RTM.GETNEIGH, AF.INET6);
}

async function written(recorder: Recorder, a: Site): Promise<void> {
  const neighbour = ["ip", "-n", a.overlay, "neigh", "replace", "7.7.0.3", "lladdr"];
  const stamp = ["nud", "permanent", "protocol", "111", ...device];
  await recorder.hear("neighbour written", [...neighbour, mac, ...stamp], RTM.NEWNEIGH, AF.INET);
  const learnt = [...neighbour, others[0], "nud", "reachable", ...device];
  await recorder.hear("neighbour changed by somebody", learnt, RTM.NEWNEIGH, AF.INET);
  await run([...neighbour, mac, ...stamp]);
  const six = ["ip", "-n", a.overlay, "neigh", "replace", "fe80::3", "lladdr", mac, "nud", "permanent", ...device];
  await recorder.hear("IPv6 neighbour written", six, RTM.NEWNEIGH, AF.INET6);
  const fdb = ["bridge", "-n", a.overlay, "fdb", "replace"];
  const heard = (title: string, ...line: readonly string[]): Promise<void> =>
    recorder.hear(title, [...fdb, ...line], RTM.NEWNEIGH, AF.BRIDGE);
  await heard("forwarding entry written", mac, ...device, "self", "extern_learn", "dst", "192.168.64.28");
  const own = ["dst", "192.168.64.29", "vni", "43", "port", "4790"];
  await heard("forwarding entry with a VNI and a port of its own", others[0], ...device, "self", ...own);
  const via = ["dst", "192.168.64.29", "via", "br0"];
  await heard("forwarding entry with an interface of its own", others[1], ...device, "self", ...via);
  await a.ip(a.host, ["nexthop add id 12 via 192.168.64.28 fdb", "nexthop add id 102 group 12 fdb"]);
  await heard("forwarding entry to a nexthop group", others[2], ...device, "self", "nhid", "102");
  await heard("a bridge's own entry of a port", others[0], ...device, "master", "static");
}

async function links(recorder: Recorder, a: Site): Promise<void> {
  const ip = (...line: readonly string[]): string[] => ["ip", "-n", a.overlay, "link", ...line];
  await recorder.hear("link made", ip("add", "spare1", "type", "bridge"), RTM.NEWLINK, AF.UNSPEC);
  await recorder.hear("link up", ip("set", "spare1", "up"), RTM.NEWLINK, AF.UNSPEC);
  await recorder.hear("MTU changed", ip("set", "vxlan1", "mtu", "1400"), RTM.NEWLINK, AF.UNSPEC);
  await recorder.hear("link renamed", ip("set", "spare1", "name", "spare2"), RTM.NEWLINK, AF.UNSPEC);
}

const anyEntry = { interfaceIndex: 0, state: 0, flags: 0, type: 0 };
const anyLink = { family: AF.UNSPEC, type: 0, interfaceIndex: 0, flags: 0 };

function dumps(recorder: Recorder): void {
  const ask = (title: string, family: number): void => {
    recorder.ask(title, RTM.GETNEIGH, NLM_F.DUMP, marshalNeighbour({ ...anyEntry, family }));
  };
  ask("ip -n over neigh show (all devices)", AF.INET);
  ask("bridge -n over fdb show (all devices)", AF.BRIDGE);
}

/** A dump goes on only when its answer is read: what changes between two datagrams interrupts it (nl_dump_check_consistent). */
async function interruptedDump(recorder: Recorder, a: Site): Promise<void> {
  const names = Array.from({ length: 2 }, (_, index) => `spare1${index}`);
  await a.ip(
    a.overlay,
    names.map((name) => `link add ${name} type bridge`),
  );
  recorder.begin(RTM.GETLINK, NLM_F.DUMP, marshalLink(anyLink));
  await a.ip(a.overlay, ["link add spare20 type bridge"]);
  recorder.printAnswers("dump of links, one more made meanwhile (ip -n over link show)");
  await a.ip(
    a.overlay,
    names.map((name) => `link del ${name}`),
  );
}

function refusals(recorder: Recorder): void {
  const twoBytes = marshalNeighbour({ ...anyEntry, family: AF.INET, destination: Buffer.from([7, 7]) });
  recorder.ask("refusal with a text: a neighbour whose address has two bytes", RTM.NEWNEIGH, NLM_F.ACK, twoBytes);
  recorder.ask("the same without NETLINK_CAP_ACK", RTM.NEWNEIGH, NLM_F.ACK, twoBytes, { capped: false });
  const shortVni = Buffer.concat([
    marshalNeighbour({ ...anyEntry, family: AF.INET, destination: Buffer.from([7, 7, 0, 3]) }),
    marshalAttributes([{ type: NDA.VNI, data: Buffer.from([42, 0]) }]),
  ]);
  const where = "refusal with a text and a place: a neighbour whose VNI has two bytes";
  recorder.ask(where, RTM.NEWNEIGH, NLM_F.ACK, shortVni);
  recorder.ask(`${where}, without NETLINK_CAP_ACK`, RTM.NEWNEIGH, NLM_F.ACK, shortVni, { capped: false });
  const nobody = marshalLink({ ...anyLink, interfaceIndex: 9999 });
  recorder.ask("refusal without a text: ip link set of an index that is nobody's", RTM.NEWLINK, NLM_F.ACK, nobody);
  const header = marshalNeighbour({ ...anyEntry, family: AF.INET, state: 1 });
  recorder.ask("dump refused: a state in its header (NETLINK_GET_STRICT_CHK)", RTM.GETNEIGH, NLM_F.DUMP, header);
  recorder.ask("success: ip link set of lo", RTM.NEWLINK, NLM_F.ACK, marshalLink({ ...anyLink, interfaceIndex: 1 }));
}

async function gone(recorder: Recorder, a: Site): Promise<void> {
  const over = ["ip", "-n", a.overlay];
  await recorder.hear("neighbour deleted", [...over, "neigh", "del", "7.7.0.3", ...device], RTM.DELNEIGH, AF.INET);
  const fdb = ["bridge", "-n", a.overlay, "fdb", "del", mac, ...device, "self"];
  await recorder.hear("forwarding entry deleted", fdb, RTM.DELNEIGH, AF.BRIDGE);
  const link = (...line: readonly string[]): string[] => [...over, "link", ...line];
  await recorder.hear("port left its bridge", link("set", "vxlan1", "nomaster"), RTM.DELLINK, AF.BRIDGE);
  await recorder.hear("link down", link("set", "vxlan1", "down"), RTM.NEWLINK, AF.UNSPEC);
  await recorder.hear("link gone", link("del", "vxlan1"), RTM.DELLINK, AF.UNSPEC);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
