import {
  guardElements,
  type KernelObject,
  type Observation,
  type ObservedLink,
  type ObservedNamespace,
  stamp,
  type Tables,
} from "@overlaynet/core";
import { overlay } from "./specs.js";

/** Which attributes of which desired objects are not to be seen, by plain comparison: a second opinion on what the planner says. */
export function lacking(observation: Observation, desired: readonly KernelObject[]): string[] {
  return desired.flatMap((object) => {
    if (object.kind === "filter") return [];
    const seen = observation.get(object.namespace);
    if (seen === undefined || typeof seen === "string") return [`namespace ${object.namespace}`];
    const differences = Object.entries(expectations(object, seen, observation)).filter(([, [is, want]]) => is !== want);
    return differences.map(([what, [is, want]]) => `${object.kind} ${what}: ${String(is)}, want ${String(want)}`);
  });
}

type Expectations = Record<string, readonly [is: unknown, want: unknown]>;

/** The tables' part of {@link lacking} and {@link surplus}: each is as wanted to the letter, and there is no other. */
export function tablesAmiss(overlay: string, tables: Tables, desired: readonly KernelObject[]): string[] {
  const amiss: string[] = [];
  for (const [namespace, table] of tables) {
    const want = desired.find((object) => object.kind === "filter" && object.namespace === namespace);
    const elements = new Map<string, string[]>();
    for (const object of desired) {
      if (object.kind !== "guard" || object.namespace !== namespace) continue;
      for (const { set, element } of guardElements(object)) elements.set(set, [...(elements.get(set) ?? []), element]);
    }
    const wanted =
      want?.kind !== "filter"
        ? "absent"
        : {
            counters: [...want.counters].sort(),
            sets: want.sets
              .filter(({ name }) => name !== "groups")
              .map((set) => [set.name, set.type, [...(set.elements ?? elements.get(set.name) ?? [])].sort()])
              .sort(),
            chains: want.chains
              .map(({ name, hook, rules }) => [
                name,
                hook === undefined ? "" : `${hook.at} ${hook.priority} accept`,
                rules,
              ])
              .sort(),
          };
    const found =
      table === "absent"
        ? table
        : {
            counters: [...table.counters.keys()].sort(),
            sets: [...table.sets]
              .filter(([name]) => name !== "groups")
              .map(([name, set]) => [name, set.type, [...set.elements].sort()])
              .sort(),
            chains: [...table.chains].map(([name, { hook, rules }]) => [name, hook ?? "", rules]).sort(),
          };
    const [is, wants] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (is !== wants) amiss.push(`table in "${namespace}" of ${overlay}: ${is}, want ${wants}`);
  }
  return amiss;
}

function expectations(object: KernelObject, seen: ObservedNamespace, observation: Observation): Expectations {
  const link = (name: string): ObservedLink | undefined => seen.links.find((one) => one.name === name);
  const device = "name" in object ? link(object.name) : "device" in object ? link(object.device) : link("lo");
  switch (object.kind) {
    case "namespace":
      return { mark: [device?.alias, object.mark], up: [device?.up, true] };
    case "bridge":
      return { ...common(device, object), kind: [device?.kind, "bridge"], mac: [device?.mac, object.mac] };
    case "vxlan": {
      const data = device?.vxlan;
      return {
        ...common(device, object),
        mac: [device?.mac, object.mac],
        master: [device?.master, object.master],
        vni: [data?.vni, object.vni],
        port: [data?.port, object.port],
        local: [data?.local, object.local],
        learning: [data?.learning, object.learning],
        misses: [data?.proxy === true && data.l2miss && data.l3miss, true],
        "socket elsewhere": [device?.elsewhere, true],
      };
    }
    case "veth": {
      const inside = observation.get(object.peer.namespace);
      const peer = typeof inside === "object" ? inside.links.find(({ name }) => name === object.peer.name) : undefined;
      return {
        ...common(device, object),
        master: [device?.master, object.master],
        "peer's namespace": [device?.peer?.namespace, object.peer.namespace],
        "peer's index": [device?.peer?.index, peer?.index],
        ...Object.fromEntries(
          Object.entries(common(peer, { ...object.peer, mark: object.mark })).map(([what, both]) => [
            `peer's ${what}`,
            both,
          ]),
        ),
        "peer's mac": [peer?.mac, object.peer.mac],
      };
    }
    case "address":
      return {
        [`${object.ip}/${object.prefix}`]: [
          device?.addresses.some(({ ip, prefix }) => ip === object.ip && prefix === object.prefix),
          true,
        ],
      };
    case "route":
      return {
        default: [seen.routes.some(({ via, device: dev }) => via === object.via && dev === object.device), true],
      };
    case "port-entry":
      return {
        [object.mac]: [
          seen.portEntries.some(
            ({ mac, device: dev, sticky }) => mac === object.mac && dev === object.device && sticky,
          ),
          true,
        ],
      };
    case "filter":
    case "guard":
      return {};
  }
}

function common(link: ObservedLink | undefined, want: { readonly mark: string; readonly mtu: number }): Expectations {
  return { mark: [link?.alias, want.mark], mtu: [link?.mtu, want.mtu], up: [link?.up, true] };
}

/** What carries our marks or stamps and is not desired, by plain comparison again. */
export function surplus(observation: Observation, desired: readonly KernelObject[]): string[] {
  const wanted = new Set(desired.flatMap(keysOf));
  const found: string[] = [];
  for (const [namespace, seen] of observation) {
    if (typeof seen === "string") continue;
    for (const { name, alias, group, addresses } of seen.links) {
      if (alias?.startsWith(`overlaynet:${overlay}:`) === true || group === stamp)
        found.push(`link ${namespace} ${name}`);
      for (const { ip, prefix, label } of addresses) {
        if (label === `${name}:ov`) found.push(`address ${namespace} ${name} ${ip}/${prefix}`);
      }
    }
    for (const { via, protocol } of seen.routes) if (protocol === stamp) found.push(`route ${namespace} ${via ?? ""}`);
    for (const { mac, device, sticky } of seen.portEntries)
      if (sticky) found.push(`entry ${namespace} ${device} ${mac}`);
  }
  return found.filter((key) => !wanted.has(key));
}

function keysOf(object: KernelObject): string[] {
  switch (object.kind) {
    case "namespace":
      return [`link ${object.namespace} lo`];
    case "bridge":
    case "vxlan":
      return [`link ${object.namespace} ${object.name}`];
    case "veth":
      return [`link ${object.namespace} ${object.name}`, `link ${object.peer.namespace} ${object.peer.name}`];
    case "address":
      return [`address ${object.namespace} ${object.device} ${object.ip}/${object.prefix}`];
    case "route":
      return [`route ${object.namespace} ${object.via}`];
    case "port-entry":
      return [`entry ${object.namespace} ${object.device} ${object.mac}`];
    case "filter":
    case "guard":
      return [];
  }
}
