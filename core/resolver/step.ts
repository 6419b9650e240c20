import type { Forwarding, Neighbour } from "./entry.js";
import type { Rules } from "./packed.js";

/** Whether a neighbour entry answers with the MAC and goes on doing so. */
export function isInStep(entry: Neighbour, mac: number): boolean {
  return entry.permanent && entry.mac === mac;
}

/** Whether a forwarding entry leads to the VTEP and is of the kind that the device should have: permanent, or with learning one that can age. */
export function leadsTo(entry: Forwarding, vtep: number, rules: Rules): boolean {
  if (entry.vtep !== vtep || !entry.plain) return false;
  return rules.learning ? !entry.own : entry.permanent;
}

/**
 * The kernel does not let an entry with NTF_EXT_LEARNED take over one that a user added: it changes where the entry leads, keeps its state
 * and flags, and says nothing (vxlan_fdb_update_existing). So one that may age is deleted just before it is made permanent; a learnt one
 * looks the same in a dump.
 */
export function mustGoFirst(entry: Forwarding, rules: Rules): boolean {
  return !rules.learning && !entry.permanent;
}
