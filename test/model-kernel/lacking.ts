import {
  type KernelObject,
  type Observation,
  type ObservedLink,
  type ObservedNamespace,
  stamp,
} from "@overlaynet/core";
import { overlay } from "./specs.js";

/** Which attributes of which desired objects are not to be seen, by plain comparison: a second opinion on what the planner says. */
export function lacking(observation: Observation, desired: readonly KernelObject[]): string[] {
  return desired.flatMap((object) => {
    const seen = observation.get(object.namespace);
    if (seen === undefined || typeof seen === "string") return [`namespace ${object.namespace}`];
    const differences = Object.entries(expectations(object, seen, observation)).filter(([, [is, want]]) => is !== want);
    return differences.map(([what, [is, want]]) => `${object.kind} ${what}: ${String(is)}, want ${String(want)}`);
  });
}

type Expectations = Record<string, readonly [is: unknown, want: unknown]>;

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
  }
}
