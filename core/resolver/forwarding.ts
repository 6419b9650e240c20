import { Actions, Do } from "./action.js";
import type { AddressTable } from "./address-table.js";
import type { Forwarding } from "./entry.js";
import type { PackedRecords, Rules } from "./packed.js";
import { leadsTo, mustGoFirst } from "./step.js";
import { wantedForwarding } from "./wanted.js";

/** What is known of a record's entry while a table is read. */
const Seen = { Not: 0, InStep: 1, Mended: 2 } as const;

/** A device's forwarding table held against the records, as the neighbour table is by NeighbourComparison. */
export class ForwardingComparison {
  readonly set = new Actions();
  readonly remove = new Actions();
  added = 0;
  changed = 0;
  /** Entries that records ask for and that will be there. */
  held = 0;
  /** Entries of ours that were there; with learning, which leaves no stamp, all that were looked at. */
  found = 0;
  readonly #records: PackedRecords;
  readonly #rules: Rules;
  readonly #before: AddressTable | undefined;
  /** By slot of the records' table. */
  #seen: Uint8Array | undefined;
  #removed = 0;

  /**
   * @param before the forwarding records as they were last applied, where that is known: with `learning` our entries carry no stamp and are
   *   known again only by them
   */
  constructor(records: PackedRecords, rules: Rules, before?: AddressTable) {
    this.#records = records;
    this.#rules = rules;
    this.#before = before;
  }

  begin(): void {
    this.set.clear();
    this.remove.clear();
    this.added = this.changed = this.held = this.found = this.#removed = 0;
    this.#seen = new Uint8Array(this.#records.fdb.slots);
  }

  /** An entry that the kernel has; it lists one with several destinations once for each, one after the other. */
  see(entry: Forwarding): void {
    const { mac } = entry;
    if (entry.own || this.#rules.learning) this.found += 1;
    const vtep = wantedForwarding(this.#records, this.#rules, mac);
    if (vtep === 0) {
      if ((entry.own || this.#isLeftOver(entry)) && this.#removed !== mac) {
        this.remove.push(Do.DeleteForwarding, mac, 0);
        this.#removed = mac;
      }
      return;
    }
    const slot = this.#records.fdb.slotOf(mac);
    const seen = this.#seen?.[slot] ?? Seen.Not;
    if (seen === Seen.Mended) return;
    if (seen === Seen.Not) this.held += 1;
    const inStep = seen === Seen.Not && leadsTo(entry, vtep, this.#rules);
    if (this.#seen) this.#seen[slot] = inStep ? Seen.InStep : Seen.Mended;
    if (inStep) return;
    this.changed += 1;
    if (mustGoFirst(entry, this.#rules)) this.set.push(Do.DeleteForwarding, mac, 0);
    this.set.push(Do.SetForwarding, mac, vtep);
  }

  /** A MAC without an entry. */
  absent(mac: number): void {
    const vtep = this.#pushes ? wantedForwarding(this.#records, this.#rules, mac) : 0;
    if (vtep === 0) return;
    this.set.push(Do.SetForwarding, mac, vtep);
    this.added += 1;
    this.held += 1;
  }

  finish(): void {
    const seen = this.#seen;
    if (seen === undefined || !this.#pushes) return;
    const { fdb } = this.#records;
    for (let slot = 0; slot < fdb.slots; slot += 1) {
      if (fdb.valueAt(slot) !== 0 && seen[slot] === Seen.Not) this.absent(fdb.keyAt(slot));
    }
  }

  get #pushes(): boolean {
    return this.#rules.push && !this.#rules.learning;
  }

  /** An entry without stamp that was made, or learnt, while a record said the same, and the record has gone. */
  #isLeftOver(entry: Forwarding): boolean {
    return !entry.permanent && !this.#records.fdb.has(entry.mac) && this.#before?.get(entry.mac) === entry.vtep;
  }
}
