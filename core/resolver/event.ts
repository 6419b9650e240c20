import type { Records, ResolverConfig } from "../records.js";
import type { Forwarding, Neighbour } from "./entry.js";
import { isInStep, leadsTo } from "./reconcile.js";
import { wantedForwarding, wantedNeighbour } from "./wanted.js";

/** A change of the device's tables, as the kernel reports it: ours too. */
export type EntryEvent =
  | { readonly table: "neighbour"; readonly gone: boolean; readonly entry: Neighbour }
  | { readonly table: "forwarding"; readonly gone: boolean; readonly entry: Forwarding };

/**
 * Whether somebody else's change has to be mended. With `resolve: "miss"` an entry that went comes back when it is next asked for. What a
 * device with `learning` learns is its own affair until the records change.
 */
export function isDrift(records: Records, config: ResolverConfig, event: EntryEvent): boolean {
  if (event.table === "neighbour") {
    const mac = wantedNeighbour(records, config, event.entry.ip);
    if (mac === undefined) return event.entry.own && !event.gone;
    return event.gone ? config.resolve === "push" : !isInStep(event.entry, mac);
  }
  if (config.learning) return false;
  const vtep = wantedForwarding(records, config, event.entry.mac);
  if (vtep === undefined) return event.entry.own && !event.gone;
  return event.gone ? config.resolve === "push" : !leadsTo(event.entry, vtep, config);
}
