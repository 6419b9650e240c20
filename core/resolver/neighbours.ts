import { Actions, Do } from "./action.js";
import type { AddressTable } from "./address-table.js";
import type { Neighbour } from "./entry.js";
import { arpTable, type PackedRecords, type Rules } from "./packed.js";
import { isInStep } from "./step.js";
import { wantedNeighbour } from "./wanted.js";

/**
 * A device's neighbour table held against the records, entry by entry as they come: nothing of what is in step is kept.
 *
 * Of a whole table: {@link begin}, {@link see} for every entry, {@link finish}. Of a few keys: {@link see} or {@link absent} for each.
 * The records must not change meanwhile.
 */
export class NeighbourComparison {
  readonly set = new Actions();
  readonly remove = new Actions();
  /** Neighbours whose MAC changed: containers here that know the old one are to be told. */
  moved: AddressTable = arpTable();
  added = 0;
  changed = 0;
  /** Entries that records ask for and that will be there. */
  held = 0;
  /** Entries of ours that were there. */
  found = 0;
  readonly #records: PackedRecords;
  readonly #rules: Rules;
  /** By slot of the records' table: whether the kernel has an entry. */
  #seen: Uint8Array | undefined;

  constructor(records: PackedRecords, rules: Rules) {
    this.#records = records;
    this.#rules = rules;
  }

  /** Begins a whole table, from the start again if it had begun: a dump that was interrupted may have repeated or left out entries. */
  begin(): void {
    this.set.clear();
    this.remove.clear();
    this.moved = arpTable();
    this.added = this.changed = this.held = this.found = 0;
    this.#seen = new Uint8Array(this.#records.arp.slots);
  }

  /** An entry that the kernel has; it is read and not kept. */
  see(entry: Neighbour): void {
    const { ip } = entry;
    if (entry.own) this.found += 1;
    const mac = wantedNeighbour(this.#records, this.#rules, ip);
    if (mac === 0) {
      if (entry.own) this.remove.push(Do.DeleteNeighbour, ip, 0);
      return;
    }
    this.held += 1;
    if (this.#seen) this.#seen[this.#records.arp.slotOf(ip)] = 1;
    if (isInStep(entry, mac)) return;
    this.changed += 1;
    this.set.push(Do.SetNeighbour, ip, mac);
    if (entry.mac !== 0 && entry.mac !== mac) this.moved.set(ip, mac);
  }

  /** An address without an entry. */
  absent(ip: number): void {
    const mac = this.#rules.push ? wantedNeighbour(this.#records, this.#rules, ip) : 0;
    if (mac === 0) return;
    this.set.push(Do.SetNeighbour, ip, mac);
    this.added += 1;
    this.held += 1;
  }

  /** Every entry was seen: what records ask for beyond them is absent. */
  finish(): void {
    const seen = this.#seen;
    if (seen === undefined || !this.#rules.push) return;
    const { arp } = this.#records;
    for (let slot = 0; slot < arp.slots; slot += 1) {
      if (arp.valueAt(slot) !== 0 && seen[slot] === 0) this.absent(arp.keyAt(slot));
    }
  }
}
