import { contains, type Ip, type Mac } from "../model/index.js";
import type { Records, ResolverConfig } from "../records.js";

/**
 * What the records say of an address.
 * - `remote`: behind another VTEP
 * - `local`: behind this host's. Answering would send local traffic into the tunnel (moby#29024), so it is never written
 * - `unplaced`: its MAC is known and the MAC's VTEP is not
 * - `gateway`, `outside`: not for records to say
 * - `unknown`: no record
 */
export type Place =
  | { readonly is: "remote"; readonly mac: Mac; readonly vtep: Ip }
  | { readonly is: "unplaced"; readonly mac: Mac }
  | { readonly is: "local" | "gateway" | "outside" | "unknown" };

export function placeOf({ arp, fdb }: Records, config: ResolverConfig, ip: Ip): Place {
  if (ip === config.gateway) return { is: "gateway" };
  if (!contains(config.cidr, ip)) return { is: "outside" };
  const mac = arp.get(ip);
  if (mac === undefined) return { is: "unknown" };
  const vtep = fdb.get(mac);
  if (vtep === undefined) return { is: "unplaced", mac };
  return vtep === config.local ? { is: "local" } : { is: "remote", mac, vtep };
}

/** The neighbour entry that an address should have, if any. With learning the device finds a MAC's VTEP by itself, so a MAC without one is enough. */
export function wantedNeighbour(records: Records, config: ResolverConfig, ip: Ip): Mac | undefined {
  const place = placeOf(records, config, ip);
  if (place.is === "remote") return place.mac;
  return place.is === "unplaced" && config.learning ? place.mac : undefined;
}

/** Where the forwarding entry of a MAC should lead, if it should have one. */
export function wantedForwarding(records: Records, config: ResolverConfig, mac: Mac): Ip | undefined {
  const vtep = records.fdb.get(mac);
  return vtep === config.local ? undefined : vtep;
}

/** How many `arp` records do not count because their address is outside of the overlay's network, or the gateway's. */
export function countIgnored(records: Records, config: ResolverConfig): number {
  let ignored = 0;
  for (const ip of records.arp.keys()) {
    const { is } = placeOf(records, config, ip);
    if (is === "outside" || is === "gateway") ignored += 1;
  }
  return ignored;
}
