import type { Forwarding, Neighbour } from "./entry.js";
import type { PackedRecords, Rules } from "./packed.js";
import { isInStep, leadsTo } from "./step.js";
import { wantedForwarding, wantedNeighbour } from "./wanted.js";

/**
 * Whether a change of a neighbour entry that the kernel reports, ours too, has to be mended. With `resolve: "miss"` an entry that went
 * comes back when it is next asked for.
 */
export function isNeighbourDrift(records: PackedRecords, rules: Rules, entry: Neighbour, gone: boolean): boolean {
  const mac = wantedNeighbour(records, rules, entry.ip);
  if (mac === 0) return entry.own && !gone;
  return gone ? rules.push : !isInStep(entry, mac);
}

/** The same of a forwarding entry. What a device with `learning` learns is its own affair until the records change. */
export function isForwardingDrift(records: PackedRecords, rules: Rules, entry: Forwarding, gone: boolean): boolean {
  if (rules.learning) return false;
  const vtep = wantedForwarding(records, rules, entry.mac);
  if (vtep === 0) return entry.own && !gone;
  return gone ? rules.push : !leadsTo(entry, vtep, rules);
}
