import { type Actions, Do } from "./action.js";
import type { PackedRecords, Rules } from "./packed.js";
import { placeOf, wantedForwarding } from "./wanted.js";

/** The layer of the kernel's notice that the VXLAN device lacks an entry: the MAC of an address (L3), or the VTEP of a MAC (L2); for IPv6 there are no records. */
export type MissLayer = "l3" | "l2" | "ipv6";

/** Why a miss gets no answer. */
export type Unanswered = "unknown" | "local" | "gateway" | "outside" | "ipv6";

/** What a miss gets. */
export type MissAnswer = "answered" | Unanswered;

/**
 * Adds to `actions` what answers an L3 miss: both entries at once, the forwarding one first. With one alone the first packet would raise an
 * L2 miss, and the kernel drops that packet instead of queueing it. The container that waits is to be told by an ARP reply: without one it
 * waits a second for its own next request.
 */
export function answerL3(records: PackedRecords, rules: Rules, ip: number, actions: Actions): MissAnswer {
  const place = placeOf(records, rules, ip);
  if (place === "remote") {
    const mac = records.arp.get(ip);
    actions.push(Do.SetForwarding, mac, records.fdb.get(mac));
    actions.push(Do.SetNeighbour, ip, mac);
    return "answered";
  }
  if (place !== "unplaced") return place;
  if (!rules.learning) return "unknown";
  actions.push(Do.SetNeighbour, ip, records.arp.get(ip));
  return "answered";
}

/** Adds to `actions` what answers an L2 miss. */
export function answerL2(records: PackedRecords, rules: Rules, mac: number, actions: Actions): MissAnswer {
  const vtep = wantedForwarding(records, rules, mac);
  if (vtep === 0) return records.fdb.has(mac) ? "local" : "unknown";
  actions.push(Do.SetForwarding, mac, vtep);
  return "answered";
}

/** Whether an answered miss should not have happened, because what it asked for is pushed ahead of need: the sign that entries were lost. */
export function isUnexpected(rules: Rules, layer: MissLayer): boolean {
  return rules.push && !(rules.learning && layer === "l2");
}
