import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordStore, Table } from "@overlaynet/agent/records/index";
import type { Ip, Mac } from "@overlaynet/core/model/index";

/** Real record files, and what a test knows of them without reading. */
export class Disk {
  readonly storage = mkdtempSync(join(tmpdir(), "overlaynet-history-"));
  readonly arp = new Map<Ip, Mac>();
  readonly fdb = new Map<Mac, Ip>();
  /** Events of the watch that nobody has looked at. */
  readonly #told: [Table, string][] = [];

  constructor() {
    for (const table of ["arp", "fdb"]) mkdirSync(join(this.storage, table));
  }

  /** Writes a record, or deletes it. What is written while the folder is away is written into it. */
  record(table: Table, key: Ip | Mac, value: Ip | Mac | undefined, told: boolean): void {
    const known: Map<string, string> = this[table];
    if (value === undefined) known.delete(key);
    else known.set(key, value);
    this.#put(table, key, value, told);
  }

  /** Leaves the file of a record as one that cannot be read; {@link Disk.mend} writes what it should be. */
  damage(table: Table, key: Ip | Mac, text: string, told: boolean): void {
    if ((this[table] as ReadonlyMap<string, string>).has(key)) this.#put(table, key, text, told);
  }

  move(table: Table, away: boolean): void {
    const [here, there] = [join(this.storage, table), join(this.storage, `${table}.away`)];
    if (away && existsSync(here)) renameSync(here, there);
    if (!away && existsSync(there)) renameSync(there, here);
  }

  /** Ends all that is wrong with the files. */
  mend(): void {
    for (const table of ["arp", "fdb"] as const) {
      this.move(table, false);
      for (const [key, value] of this[table]) this.#put(table, key, value, false);
    }
  }

  /** Has a store read what it was told of. */
  tell(store: RecordStore): void {
    for (const [table, name] of this.#told.splice(0)) store[table].refresh(name);
  }

  remove(): void {
    rmSync(this.storage, { recursive: true });
  }

  #put(table: Table, key: string, text: string | undefined, told: boolean): void {
    const folder = join(this.storage, table);
    const file = join(existsSync(folder) ? folder : `${folder}.away`, key);
    if (text === undefined) rmSync(file, { force: true });
    else writeFileSync(file, text);
    if (told) this.#told.push([table, key]);
  }
}
