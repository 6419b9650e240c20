/** What the model kernel holds: the part of Linux that overlaynet's commands touch. */

export interface Address {
  readonly ip: string;
  readonly prefix: number;
  readonly label: string;
  secondary: boolean;
}

export interface Vxlan {
  readonly vni: number;
  readonly port: number;
  local: string | undefined;
  readonly proxy: boolean;
  learning: boolean;
  readonly l2miss: boolean;
  readonly l3miss: boolean;
  /** Where its UDP socket is. */
  readonly socket: Namespace;
}

export interface Link {
  name: string;
  readonly index: number;
  readonly kind: string;
  readonly namespace: Namespace;
  alias: string | undefined;
  group: number;
  mac: string;
  mtu: number;
  /** Of a bridge: its MTU was set, and no longer follows its ports'. */
  mtuIsSet: boolean;
  up: boolean;
  master: Link | undefined;
  peer: Link | undefined;
  vxlan: Vxlan | undefined;
  addresses: Address[];
}

export interface Route {
  readonly via: string;
  readonly device: Link;
  readonly protocol: number;
  readonly metric: number;
}

export interface Namespace {
  readonly name: string;
  readonly links: Map<string, Link>;
  routes: Route[];
  /** Static entries of bridges, by MAC. */
  readonly entries: Map<string, { readonly device: Link; readonly sticky: boolean }>;
  /** Tables of nftables, by family and name. */
  tables: Map<string, Table>;
  lastIndex: number;
}

export interface Table {
  readonly counters: Set<string>;
  readonly sets: Map<string, { readonly type: string; readonly elements: Set<string> }>;
  readonly chains: Map<string, { readonly hook: string | undefined; readonly rules: string[] }>;
}

/** A command that the kernel, or `ip` itself, refuses, with the text that they say. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** `ip` ends at once, with `-force` as well. */
  readonly exits: boolean;

  constructor(message: string, exits = false) {
    super(message);
    this.exits = exits;
  }
}

export function newNamespace(name: string): Namespace {
  const namespace: Namespace = {
    name,
    links: new Map(),
    routes: [],
    entries: new Map(),
    tables: new Map(),
    lastIndex: 0,
  };
  newLink(namespace, "lo", "loopback", { mtu: 65536, mac: "00:00:00:00:00:00" });
  return namespace;
}

export function newLink(namespace: Namespace, name: string, kind: string, given: Partial<Link>): Link {
  if (namespace.links.has(name)) throw new Refused("RTNETLINK answers: File exists");
  if (name.length > 15) throw new Refused(`Error: argument "${name}" is wrong: "name" not a valid ifname`, true);
  const index = ++namespace.lastIndex;
  const link: Link = {
    name,
    index,
    kind,
    namespace,
    alias: undefined,
    group: 0,
    mac: `aa:00:00:00:00:${index.toString(16).padStart(2, "0")}`,
    mtu: 1500,
    mtuIsSet: false,
    up: false,
    master: undefined,
    peer: undefined,
    vxlan: undefined,
    addresses: [],
    ...given,
  };
  namespace.links.set(name, link);
  return link;
}

export function linkOf(namespace: Namespace, name: string): Link {
  const link = namespace.links.get(name);
  if (link === undefined) throw new Refused(`Cannot find device "${name}"`);
  return link;
}

/** Takes a device away, with its other end, addresses, routes, entries; ports lose a bridge that goes. */
export function dropLink(link: Link): void {
  const { namespace } = link;
  if (!namespace.links.delete(link.name)) return;
  for (const port of namespace.links.values()) {
    if (port.master !== link) continue;
    port.master = undefined;
    dropEntries(port);
  }
  namespace.routes = namespace.routes.filter(({ device }) => device !== link);
  dropEntries(link);
  if (link.peer !== undefined) dropLink(link.peer);
}

/** A port that leaves its bridge takes its entries along. */
export function dropEntries(port: Link): void {
  const { entries } = port.namespace;
  for (const [mac, { device }] of entries) if (device === port) entries.delete(mac);
}

/** net/bridge/br_if.c: a bridge whose MTU nobody set has its ports' least. */
export function followPorts(bridge: Link): void {
  if (bridge.mtuIsSet) return;
  const ports = [...bridge.namespace.links.values()].filter(({ master }) => master === bridge);
  if (ports.length > 0) bridge.mtu = Math.min(...ports.map(({ mtu }) => mtu));
}
