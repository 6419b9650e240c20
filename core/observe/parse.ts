import * as z from "zod";
import { FdbEntries, type Link, Links, NamespaceIds, Names, type Route, Routes, VxlanData } from "./json.js";
import type {
  ObservedAddress,
  ObservedLink,
  ObservedNamespace,
  ObservedPortEntry,
  ObservedRoute,
  ObservedVxlan,
} from "./observed.js";

/** The output of `ip` or `bridge` is not what it has to be: another iproute2 than the one it was written for. */
export class UnreadableOutput extends Error {
  override readonly name = "UnreadableOutput";
}

const numeric = /^\d+$/;

/**
 * Reads what the commands of `namespaceCommands` wrote to stdout.
 *
 * @throws UnreadableOutput
 */
export function parseNamespace(ip: string, bridge?: string): ObservedNamespace {
  const texts = ip.split("\n").filter((line) => line.trim() !== "");
  const [addressText, routeText, idText, ...rest] = texts;
  if (idText === undefined || rest.length > 0) {
    throw new UnreadableOutput(`expected three lines of JSON from ip -batch, got ${texts.length}: ${excerpt(ip)}`);
  }
  const names = new Map(read("ip netns list-id", NamespaceIds, idText).map(({ nsid, name }) => [nsid, name]));
  const seen = read("ip address show", Links, addressText);
  return {
    links: seen.map((link) => linkOf(link, seen, names)),
    routes: read("ip route show", Routes, routeText).map(routeOf),
    portEntries: bridge === undefined ? [] : portEntriesOf(bridge),
  };
}

/**
 * Reads the names in /run/netns from what `namesCommand` wrote.
 *
 * @throws UnreadableOutput
 */
export function parseNamespaceNames(stdout: string): string[] {
  if (stdout.trim() === "") return [];
  return read("ip netns list", Names, stdout).map(({ name }) => name);
}

type NamesById = ReadonlyMap<number, string | undefined>;

function linkOf(link: Link, all: readonly Link[], names: NamesById): ObservedLink {
  const kind = link.linkinfo?.info_kind ?? (link.flags.includes("LOOPBACK") ? "loopback" : "device");
  return {
    name: link.ifname,
    index: link.ifindex,
    kind,
    alias: link.ifalias,
    group: link.group === undefined || !numeric.test(link.group) ? 0 : Number(link.group),
    mac: link.address,
    mtu: link.mtu,
    up: link.flags.includes("UP"),
    master: link.master,
    peer: kind === "veth" ? peerOf(link, all, names) : undefined,
    elsewhere: link.link_netnsid !== undefined,
    vxlan: kind === "vxlan" ? vxlanOf(link.linkinfo?.info_data) : undefined,
    addresses: link.addr_info.flatMap(addressOf),
  };
}

/** In another namespace the peer is told by index, in this one by name (print_linkinfo in iproute2's ip/ipaddress.c). */
function peerOf(link: Link, all: readonly Link[], names: NamesById): ObservedLink["peer"] {
  const { link_index: index, link_netnsid: namespaceId } = link;
  if (index !== undefined) {
    return { index, namespaceId, namespace: namespaceId === undefined ? undefined : names.get(namespaceId) };
  }
  const peer = all.find((other) => other.ifname === link.link);
  return peer === undefined ? undefined : { index: peer.ifindex };
}

/** One that takes its VNI from each packet (external) has VNI 0, which no overlay can have; `undefined` when there is nothing of VXLAN to read. */
function vxlanOf(data: unknown): ObservedVxlan | undefined {
  const read = VxlanData.safeParse(data);
  if (!read.success) return undefined;
  const { id: vni, port, local, proxy, learning, l2miss, l3miss } = read.data;
  return { vni, port, local, proxy, learning, l2miss, l3miss };
}

function addressOf({ family, local, prefixlen, label, secondary }: Link["addr_info"][number]): ObservedAddress[] {
  if (family !== "inet" || local === undefined || prefixlen === undefined) return [];
  return [{ ip: local, prefix: prefixlen, label, secondary: secondary === true }];
}

function routeOf({ gateway, dev, protocol, metric }: Route): ObservedRoute {
  return {
    via: gateway,
    device: dev,
    protocol: numeric.test(protocol ?? "") ? Number(protocol) : 0,
    metric: metric ?? 0,
  };
}

/** Static entries that are the bridge's own: `self` ones are of the device's own table. */
function portEntriesOf(text: string): ObservedPortEntry[] {
  if (text.trim() === "") return [];
  return read("bridge fdb show", FdbEntries, text).flatMap(({ mac, ifname, flags, state, master }) =>
    state === "static" && master !== undefined ? [{ mac, device: ifname, sticky: flags.includes("sticky") }] : [],
  );
}

function read<T>(command: string, schema: z.ZodType<T>, text: string | undefined): T {
  let json: unknown;
  try {
    json = JSON.parse(text ?? "");
  } catch {
    throw new UnreadableOutput(`${command} did not write JSON: ${excerpt(text ?? "")}`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new UnreadableOutput(`${command} wrote JSON of another form: ${z.prettifyError(result.error)}`);
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
