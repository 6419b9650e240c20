import type { NamespaceName, Ip } from "../model/index.js";
import { rootNamespace } from "../observe/observed.js";
import type { FilterObject, Mark } from "./object.js";
import type { OverlaySpec } from "./spec.js";

/** The table of an overlay's port filter, in its own namespace. */
export const portTable = "overlaynet";

/** The set of VTEPs that may send. */
export const vtepSet = "vteps";

/** Of a container's broadcasts and multicasts, which the bridge multiplies and each ARP request of which may be a miss: how many a second pass, and how many at once. */
export const stormLimit = { perSecond: 250, burst: 1000 } as const;

/**
 * Of MACs that a container has not sent to for a while, each of which may be a miss: as many a second, and at once, may be sent to. Whoever has to be asked for by a broadcast first is not held up
 * by it. How long a MAC is remembered, and how many of all ports, bounds the memory, and what nft has to list: 3500 of a container that floods.
 */
export const missLimit = { ...stormLimit, remembered: "10s", size: 32_768 } as const;

/** The table of an overlay's VTEP filter, in the root namespace. */
export function vtepTable(overlay: string): string {
  return `overlaynet-${overlay}`;
}

/**
 * What stands before an overlay's VXLAN device: packets with its VNI on its port come from known VTEPs or not at all. VXLAN authenticates nobody (RFC 7348 section 7).
 *
 * By VNI too (bits 32 to 55 of the header that follows UDP's 64 bits: RFC 7348 section 5), because others share the port. At `input`, where the kernel has put fragments together again, so nobody
 * hides a header in a second one. On the way out so that what this host lends its address to cannot speak for it: users other than root (the kernel's own packets have no socket of this
 * namespace, include/net/ip_tunnels.h), and machines whose packets it masquerades.
 */
export function vtepFilter(
  { overlay, vni, port }: Pick<OverlaySpec, "overlay" | "vni" | "port">,
  mark: Mark,
  vteps: readonly Ip[],
): FilterObject {
  const tunnel = `udp dport ${port} @th,96,24 ${vni}`;
  const chain = (at: string, rule: string): FilterObject["chains"][number] => ({
    name: at,
    hook: { at, priority: -10 },
    rules: [rule],
  });
  return {
    kind: "filter",
    namespace: rootNamespace as NamespaceName,
    family: "ip",
    table: vtepTable(overlay),
    counters: ["strangers", "forged"],
    sets: [{ name: vtepSet, type: "ipv4_addr", elements: vteps }],
    chains: [
      chain("input", `ip saddr != @${vtepSet} ${tunnel} counter name strangers drop`),
      chain("output", `ip daddr @${vtepSet} ${tunnel} meta skuid != 0 counter name forged drop`),
      chain("forward", `ip saddr != @${vtepSet} ip daddr @${vtepSet} ${tunnel} counter name forged drop`),
    ],
    mark,
  };
}

/**
 * What stands at containers' ports, before the bridge learns from a frame: IPv4 and ARP from the container's own MAC and address and nothing else; no more broadcasts than {@link stormLimit}, and no
 * more MACs sent to for the first time than {@link missLimit}. Ports without a guard, the VXLAN device's among them, are left alone.
 *
 * The type is looked up in the frame, where a VLAN tag stands in its place (nft_payload_copy_vlan in net/netfilter/nft_payload.c); what nft looks at by itself before a match of IPv4's fields is the
 * packet's protocol, which the kernel has read past the tag.
 */
export function portFilter(namespace: NamespaceName, mark: Mark): FilterObject {
  const limit = ({ perSecond, burst }: typeof stormLimit): string =>
    `limit rate over ${perSecond}/second burst ${burst} packets`;
  const { remembered, size } = missLimit;
  const group = "ether daddr & 01:00:00:00:00:00 != 00:00:00:00:00:00";
  const meters = "flags dynamic,timeout ; timeout 1m ; size 65535 ;";
  return {
    kind: "filter",
    namespace,
    family: "bridge",
    table: portTable,
    counters: ["spoofed", "storms", "misses", "ipv6"],
    sets: [
      { name: "ports", type: "ifname" },
      { name: "senders", type: "ifname . ether_addr . ipv4_addr" },
      { name: "groups", type: "ifname", options: meters },
      { name: "unicasts", type: "ifname", options: meters },
      {
        name: "targets",
        type: "ifname . ether_addr",
        options: `flags dynamic,timeout ; timeout ${remembered} ; size ${size} ;`,
      },
    ],
    chains: [
      {
        name: "known",
        rules: [
          `iifname . ether daddr != @targets update @unicasts { iifname ${limit(missLimit)} } counter name misses drop`,
          "update @targets { iifname . ether daddr }",
        ],
      },
      {
        name: "guarded",
        rules: [
          `${group} update @groups { iifname ${limit(stormLimit)} } counter name storms drop`,
          // What every interface says by itself is no attack.
          "ether type ip6 counter name ipv6 drop",
          "ether type != ip ether type != arp counter name spoofed drop",
          "iifname . ether saddr . ip saddr @senders goto known",
          "iifname . ether saddr . arp saddr ip @senders iifname . arp saddr ether . arp saddr ip @senders goto known",
          "counter name spoofed drop",
        ],
      },
      { name: "ports", hook: { at: "prerouting", priority: -300 }, rules: ["iifname @ports goto guarded"] },
    ],
    mark,
  };
}

/** The elements of a port filter's sets that let one container send, as nft lists them. */
export function guardElements(guard: {
  readonly port: string;
  readonly mac: string;
  readonly ip: string;
}): readonly { readonly set: string; readonly element: string }[] {
  return [
    { set: "ports", element: guard.port },
    { set: "senders", element: `${guard.port} . ${guard.mac} . ${guard.ip}` },
  ];
}
