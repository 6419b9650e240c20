import type { Ip, Mac } from "../model/index.js";
import type { Records, ResolverConfig } from "../records.js";
import type { Action, Forwarding, KernelEntries, Neighbour } from "./entry.js";
import { wantedForwarding, wantedNeighbour } from "./wanted.js";

/** What has to change, and what it is about. Applied in order: additions and changes come before deletions of what is left over. */
export interface Reconciliation {
  readonly actions: readonly Action[];
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Neighbours whose MAC changed: containers here that know the old one are to be told. */
  readonly moved: ReadonlyMap<Ip, Mac>;
  /** How many entries of each kind the device will hold that records ask for. */
  readonly neighbours: number;
  readonly forwarding: number;
}

/**
 * Compares the records with a device's tables.
 *
 * A key that a record names is made so, whoever wrote what is there: a learnt entry would age and take the path with it (moby#53663), a
 * neighbour the kernel gave up on is a black hole. An entry under another key is deleted if it is ours, and else not touched.
 * With `resolve: "miss"` what is absent stays absent until somebody asks for it. With `learning` a forwarding entry is not pushed, but one
 * that is there must lead where the records say.
 *
 * @param before the records as they were last applied, where that is known: with `learning` our forwarding entries carry no stamp and are
 *   known again only by them
 */
export function reconcile(
  records: Records,
  config: ResolverConfig,
  kernel: KernelEntries,
  before?: Records,
): Reconciliation {
  const neighbours = neighbourChanges(records, config, kernel);
  const forwarding = forwardingChanges(records, config, kernel, before);
  return {
    actions: [...forwarding.set, ...neighbours.set, ...neighbours.remove, ...forwarding.remove],
    added: neighbours.added + forwarding.added,
    changed: neighbours.changed + forwarding.changed,
    removed: neighbours.remove.length + forwarding.remove.length,
    moved: neighbours.moved,
    neighbours: neighbours.count,
    forwarding: forwarding.count,
  };
}

interface Changes {
  readonly set: Action[];
  readonly remove: Action[];
  added: number;
  changed: number;
  count: number;
}

function neighbourChanges(
  records: Records,
  config: ResolverConfig,
  kernel: KernelEntries,
): Changes & { moved: ReadonlyMap<Ip, Mac> } {
  const changes: Changes = { set: [], remove: [], added: 0, changed: 0, count: 0 };
  const moved = new Map<Ip, Mac>();
  for (const [ip, entry] of kernel.neighbours) {
    const mac = wantedNeighbour(records, config, ip);
    if (mac === undefined) {
      if (entry.own) changes.remove.push({ do: "delete-neighbour", ip });
      continue;
    }
    changes.count += 1;
    if (isInStep(entry, mac)) continue;
    changes.changed += 1;
    changes.set.push({ do: "set-neighbour", ip, mac });
    if (entry.mac !== undefined && entry.mac !== mac) moved.set(ip, mac);
  }
  if (config.resolve === "miss") return { ...changes, moved };
  for (const ip of records.arp.keys()) {
    const mac = kernel.neighbours.has(ip) ? undefined : wantedNeighbour(records, config, ip);
    if (mac === undefined) continue;
    changes.set.push({ do: "set-neighbour", ip, mac });
    changes.added += 1;
    changes.count += 1;
  }
  return { ...changes, moved };
}

function forwardingChanges(
  records: Records,
  config: ResolverConfig,
  kernel: KernelEntries,
  before: Records | undefined,
): Changes {
  const changes: Changes = { set: [], remove: [], added: 0, changed: 0, count: 0 };
  const permanent = !config.learning;
  for (const [mac, entry] of kernel.forwarding) {
    const vtep = wantedForwarding(records, config, mac);
    if (vtep === undefined) {
      if (entry.own || isLeftOver(entry, records, before)) changes.remove.push({ do: "delete-forwarding", mac });
      continue;
    }
    changes.count += 1;
    if (leadsTo(entry, vtep, config)) continue;
    changes.changed += 1;
    if (mustGoFirst(entry, permanent)) changes.set.push({ do: "delete-forwarding", mac });
    changes.set.push({ do: "set-forwarding", mac, vtep, permanent });
  }
  if (config.resolve === "miss" || config.learning) return changes;
  for (const mac of records.fdb.keys()) {
    const vtep = kernel.forwarding.has(mac) ? undefined : wantedForwarding(records, config, mac);
    if (vtep === undefined) continue;
    changes.set.push({ do: "set-forwarding", mac, vtep, permanent });
    changes.added += 1;
    changes.count += 1;
  }
  return changes;
}

/** Whether a neighbour entry answers with the MAC and goes on doing so. */
export function isInStep(entry: Neighbour, mac: Mac): boolean {
  return entry.permanent && entry.mac === mac;
}

/** Whether a forwarding entry leads to the VTEP and is of the kind that the device should have: permanent, or with learning one that can age. */
export function leadsTo(entry: Forwarding, vtep: Ip, config: ResolverConfig): boolean {
  if (entry.vtep !== vtep || !entry.plain) return false;
  return config.learning ? !entry.own : entry.permanent;
}

/**
 * The kernel does not let an entry with NTF_EXT_LEARNED take over one that a user added: it changes where the entry leads, keeps its state
 * and flags, and says nothing (vxlan_fdb_update_existing). So one that may age is deleted just before it is made permanent; a learnt one
 * looks the same in a dump.
 */
function mustGoFirst(entry: Forwarding, permanent: boolean): boolean {
  return permanent && !entry.permanent;
}

/** An entry without stamp that was made, or learnt, while a record said the same, and the record has gone. */
function isLeftOver(entry: Forwarding, records: Records, before: Records | undefined): boolean {
  return !entry.permanent && !records.fdb.has(entry.mac) && before?.fdb.get(entry.mac) === entry.vtep;
}
