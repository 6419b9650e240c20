import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  InvalidValue,
  ipFromNumber,
  ipToNumber,
  isUnicast,
  macFromNumber,
  macToNumber,
  parseIp,
  parseMac,
  scanIp,
  scanMac,
} from "@overlaynet/core/model/index";
import {
  arpTable,
  type ChangedRecords,
  fdbTable,
  type KernelEntries,
  type PackedRecords,
} from "@overlaynet/core/resolver/index";
import { RecordFolder, type RecordKind } from "./folder.js";

/** The two folders of a storage, by the kernel tables they are. */
export type Table = "arp" | "fdb";

/** Records in memory, and a way to look whether what they lack has come. Addresses are numbers. */
export interface RecordSource {
  /** Others after the next reading. */
  readonly records: PackedRecords;
  /** Looks for an address, and its MAC, where records come from. Answers whether a record changed. */
  findAddress(ip: number): boolean;
  findMac(mac: number): boolean;
  /** Whether there may be records that were not read: some came, went, or can be read again. */
  wasTouched(): boolean;
}

const arp: RecordKind = {
  scanKey: scanIp,
  scanValue: scanMac,
  parseKey: (text) => ipToNumber(parseIp(text)),
  parseValue: (text) => macToNumber(parseMac(text)),
  nameOf: ipFromNumber,
  table: arpTable,
};

/** A tunnel packet goes to one host: with a group address, or none, as VTEP every frame would be flooded. */
const fdb: RecordKind = {
  scanKey: scanMac,
  scanValue: (bytes, start, end) => {
    const ip = scanIp(bytes, start, end);
    return ip > 0 && isUnicast(ip) ? ip : -1;
  },
  parseKey: (text) => macToNumber(parseMac(text)),
  parseValue: (text) => {
    const ip = ipToNumber(parseIp(text));
    if (!isUnicast(ip)) throw new InvalidValue(text, "the unicast IPv4 address of a VTEP");
    return ip;
  },
  nameOf: macFromNumber,
  table: fdbTable,
};

/** Both folders of an overlay's records in memory, as they were last read. */
export class RecordStore implements RecordSource {
  readonly arp: RecordFolder;
  readonly fdb: RecordFolder;
  #records: PackedRecords;

  /** Reads nothing yet: {@link RecordStore.rescan}. */
  constructor(storage: string) {
    this.arp = new RecordFolder(join(storage, "arp"), arp);
    this.fdb = new RecordFolder(join(storage, "fdb"), fdb);
    this.#records = { arp: this.arp.values, fdb: this.fdb.values };
  }

  get records(): PackedRecords {
    return this.#records;
  }

  /** Reads everything. Answers whether a record changed. @param pause called now and then: a time for other work */
  rescan(pause?: () => void): boolean {
    const arpChanged = this.arp.rescan(pause);
    this.#records = { arp: this.arp.values, fdb: this.fdb.values };
    const fdbChanged = this.fdb.rescan(pause);
    this.#records = { arp: this.arp.values, fdb: this.fdb.values };
    return arpChanged || fdbChanged;
  }

  /** What changed since it was last taken, undefined when that is too much to be told one by one. */
  takeChanged(): ChangedRecords | undefined {
    const changed = { arp: this.arp.takeChanged(), fdb: this.fdb.takeChanged() };
    return changed.arp && changed.fdb ? { arp: changed.arp, fdb: changed.fdb } : undefined;
  }

  /** Whether every record is known. Where not, {@link RecordStore.adopt} what the kernel holds before anything is taken from it. */
  get isWhole(): boolean {
    return this.arp.isWhole && this.fdb.isWhole;
  }

  /** Whether a folder is missing or cannot be listed. */
  get isHidden(): boolean {
    return this.arp.unreadable !== undefined || this.fdb.unreadable !== undefined;
  }

  /** Whether a folder that could be listed is not there any more. */
  get isGoing(): boolean {
    return [this.arp, this.fdb].some((folder) => folder.unreadable === undefined && !existsSync(folder.path));
  }

  /**
   * Takes our own entries of the kernel for the last good values of records that cannot be read now: a resolver that starts while a
   * folder is missing, or a file half written, must not empty the kernel.
   */
  adopt({ neighbours, forwarding }: KernelEntries): void {
    for (const { ip, mac, own } of neighbours.values()) if (own && mac !== 0) this.arp.adopt(ip, mac);
    for (const { mac, vtep, own } of forwarding.values()) if (own && vtep !== 0) this.fdb.adopt(mac, vtep);
  }

  findAddress(ip: number): boolean {
    const changed = this.arp.refreshKey(ip);
    const mac = this.arp.values.get(ip);
    return (mac !== 0 && this.fdb.refreshKey(mac)) || changed;
  }

  findMac(mac: number): boolean {
    return this.fdb.refreshKey(mac);
  }

  /** Whether a file was made, renamed or deleted in a folder since it was last read; an edit in place does not show. */
  wasTouched(): boolean {
    return this.arp.wasTouched() || this.fdb.wasTouched();
  }

  /** What keeps records from being read, each a sentence that names the file or folder. */
  get complaints(): string[] {
    return [this.arp, this.fdb].flatMap((folder) => [
      ...(folder.unreadable === undefined ? [] : [`${folder.path}: ${folder.unreadable}`]),
      ...[...folder.malformed].map(([name, why]) => `${join(folder.path, name)}: ${why}`),
    ]);
  }
}

/** What {@link readRecords} found. */
export interface RecordsRead {
  readonly records: PackedRecords;
  /** What could not be read, each a sentence that names the file or folder; the records lack it. */
  readonly complaints: readonly string[];
}

/** Reads an overlay's records once. */
export function readRecords(storage: string): RecordsRead {
  const store = new RecordStore(storage);
  store.rescan();
  return { records: store.records, complaints: store.complaints };
}
