import type { PackedRecords, Rules } from "./packed.js";

/**
 * What the records say of an address.
 * - `remote`: behind another VTEP
 * - `local`: behind this host's. Answering would send local traffic into the tunnel (moby#29024), so it is never written
 * - `unplaced`: its MAC is known and the MAC's VTEP is not
 * - `gateway`, `outside`: not for records to say
 * - `unknown`: no record
 */
export type Place = "remote" | "local" | "unplaced" | "gateway" | "outside" | "unknown";

export function placeOf({ arp, fdb }: PackedRecords, rules: Rules, ip: number): Place {
  if (ip === rules.gateway) return "gateway";
  if ((ip & rules.mask) >>> 0 !== rules.network) return "outside";
  const mac = arp.get(ip);
  if (mac === 0) return "unknown";
  const vtep = fdb.get(mac);
  if (vtep === 0) return "unplaced";
  return vtep === rules.local ? "local" : "remote";
}

/** The MAC that an address' neighbour entry should have, zero for no entry. With learning the device finds a MAC's VTEP by itself, so a MAC without one is enough. */
export function wantedNeighbour(records: PackedRecords, rules: Rules, ip: number): number {
  const place = placeOf(records, rules, ip);
  return place === "remote" || (place === "unplaced" && rules.learning) ? records.arp.get(ip) : 0;
}

/** Where the forwarding entry of a MAC should lead, zero for no entry. */
export function wantedForwarding(records: PackedRecords, rules: Rules, mac: number): number {
  const vtep = records.fdb.get(mac);
  return vtep === rules.local ? 0 : vtep;
}

/** How many `arp` records do not count because their address is outside of the overlay's network, or the gateway's. */
export function countIgnored({ arp }: PackedRecords, rules: Rules): number {
  let ignored = 0;
  arp.forEach((ip) => {
    if (ip === rules.gateway || (ip & rules.mask) >>> 0 !== rules.network) ignored += 1;
  });
  return ignored;
}
