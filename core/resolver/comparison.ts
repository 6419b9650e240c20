import type { Actions } from "./action.js";
import type { AddressTable } from "./address-table.js";
import type { Forwarding, Neighbour } from "./entry.js";
import { ForwardingComparison } from "./forwarding.js";
import { NeighbourComparison } from "./neighbours.js";
import type { PackedRecords, Rules } from "./packed.js";

/**
 * A device's two tables held against the records.
 *
 * A key that a record names is made so, whoever wrote what is there: a learnt entry would age and take the path with it (moby#53663), a
 * neighbour the kernel gave up on is a black hole. An entry under another key is deleted if it is ours, and else not touched.
 * With `resolve: "miss"` what is absent stays absent until somebody asks for it. With `learning` a forwarding entry is not pushed, but one
 * that is there must lead where the records say.
 */
export class Comparison {
  readonly neighbours: NeighbourComparison;
  readonly forwarding: ForwardingComparison;

  /** @param before the forwarding records as they were last applied */
  constructor(records: PackedRecords, rules: Rules, before?: AddressTable) {
    this.neighbours = new NeighbourComparison(records, rules);
    this.forwarding = new ForwardingComparison(records, rules, before);
  }

  /** What has to change, in order: additions and changes come before deletions of what is left over, a MAC's way before the address that leads to it. */
  get actions(): readonly Actions[] {
    const { neighbours, forwarding } = this;
    return [forwarding.set, neighbours.set, neighbours.remove, forwarding.remove];
  }

  get added(): number {
    return this.neighbours.added + this.forwarding.added;
  }

  get changed(): number {
    return this.neighbours.changed + this.forwarding.changed;
  }

  get removed(): number {
    return this.neighbours.remove.length + this.forwarding.remove.length;
  }
}

/** A VXLAN device's two tables by key. Neighbours are keyed by IP, forwarding entries by MAC: two IPs can share one MAC (calico#9450, moby 1c2b744ca2). */
export interface KernelEntries {
  readonly neighbours: ReadonlyMap<number, Neighbour>;
  readonly forwarding: ReadonlyMap<number, Forwarding>;
}

/** Compares tables that were read before. */
export function compareAll(
  records: PackedRecords,
  rules: Rules,
  kernel: KernelEntries,
  before?: AddressTable,
): Comparison {
  const comparison = new Comparison(records, rules, before);
  const { neighbours, forwarding } = comparison;
  forwarding.begin();
  for (const entry of kernel.forwarding.values()) forwarding.see(entry);
  forwarding.finish();
  neighbours.begin();
  for (const entry of kernel.neighbours.values()) neighbours.see(entry);
  neighbours.finish();
  return comparison;
}

/** Records that changed, by their keys. */
export interface ChangedRecords {
  readonly arp: ReadonlySet<number>;
  readonly fdb: ReadonlySet<number>;
}

/** More changed MACs than this are looked for together. */
const fewMacs = 16;

/**
 * The addresses whose neighbour entry can be affected by changed records: those that changed themselves, and those of the MACs whose VTEP
 * did. Looks through all records, so that no index has to be kept.
 */
export function affectedAddresses({ arp }: PackedRecords, changed: ChangedRecords): ReadonlySet<number> {
  const addresses = new Set(changed.arp);
  if (changed.fdb.size <= fewMacs) {
    for (const mac of changed.fdb) arp.addKeysOf(mac, addresses);
    return addresses;
  }
  arp.forEach((ip, mac) => {
    if (changed.fdb.has(mac)) addresses.add(ip);
  });
  return addresses;
}
