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
import { arpTable, type ChangedRecords, fdbTable, type PackedRecords } from "@overlaynet/core/resolver/index";
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
