import {
  type FilterId,
  type Look,
  type Observation,
  type ObservedLink,
  type ObservedNamespace,
  type ObservedTable,
  rootNamespace,
  type Tables,
} from "@overlaynet/core";
import type { Link, Namespace, Table } from "./state.js";

interface Namespaces {
  readonly root: Namespace;
  readonly namespaces: ReadonlyMap<string, Namespace>;
}

/** Every namespace of the model, the root one too; those asked for that are not there as absent. */
export function observe({ root, namespaces }: Namespaces, asked: Iterable<string>): Observation {
  const absent = [...asked].filter((name) => !namespaces.has(name)).map((name) => [name, "absent"] as const);
  const there = [...namespaces].map(([name, one]) => [name, observed(one)] as const);
  return new Map<string, Look>([...absent, ["", observed(root)], ...there]);
}

/** The tables of those namespaces that are there. */
export function observeTables({ root, namespaces }: Namespaces, asked: readonly FilterId[]): Tables {
  return new Map(
    asked.flatMap(({ namespace, family, table }) => {
      const place = namespace === rootNamespace ? root : namespaces.get(namespace);
      if (place === undefined) return [];
      const found = place.tables.get(`${family} ${table}`);
      return [[namespace, found === undefined ? "absent" : observedTable(found)] as const];
    }),
  );
}

function observedTable({ counters, sets, chains }: Table): ObservedTable {
  return {
    counters: new Map([...counters].map((name) => [name, { packets: 0, bytes: 0 }])),
    sets: new Map([...sets].map(([name, { type, elements }]) => [name, { type, elements: [...elements].sort() }])),
    chains: new Map(
      [...chains].map(([name, { hook, rules }]) => [
        name,
        { ...(hook === undefined ? {} : { hook }), rules: [...rules] },
      ]),
    ),
  };
}

function observed(namespace: Namespace): ObservedNamespace {
  return {
    links: [...namespace.links.values()].map(observedLink),
    routes: namespace.routes.map(({ via, device, protocol, metric }) => ({
      via,
      device: device.name,
      protocol,
      metric,
    })),
    portEntries: [...namespace.entries].map(([mac, { device, sticky }]) => ({ mac, device: device.name, sticky })),
  };
}

function observedLink(link: Link): ObservedLink {
  const { name, index, kind, alias, group, mac, mtu, up, master, addresses } = link;
  return {
    name,
    index,
    kind,
    alias,
    group,
    mac,
    mtu,
    up,
    master: master?.name,
    peer: peerOf(link),
    elsewhere:
      link.vxlan === undefined ? peerOf(link)?.namespaceId !== undefined : link.vxlan.socket !== link.namespace,
    vxlan: vxlanOf(link),
    addresses: addresses.map((address) => ({ ...address })),
  };
}

function peerOf({ peer, namespace }: Link): ObservedLink["peer"] {
  if (peer === undefined) return undefined;
  if (peer.namespace === namespace) return { index: peer.index };
  return { index: peer.index, namespaceId: 0, namespace: peer.namespace.name };
}

function vxlanOf({ vxlan }: Link): ObservedLink["vxlan"] {
  if (vxlan === undefined) return undefined;
  const { vni, port, local, proxy, learning, l2miss, l3miss } = vxlan;
  return { vni, port, local, proxy, learning, l2miss, l3miss };
}
