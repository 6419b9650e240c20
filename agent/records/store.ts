import { join } from "node:path";
import { InvalidValue, type Ip, isUnicast, type Mac, parseIp, parseMac } from "@overlaynet/core/model/index";
import type { Records } from "@overlaynet/core/records";
import { RecordFolder } from "./folder.js";

/** The two folders of a storage, by the kernel tables they are. */
export type Table = "arp" | "fdb";

/** Records in memory, and a way to look whether what they lack has come. */
export interface RecordSource {
  /** Changes with the next reading. */
  readonly records: Records;
  /** Looks for an address, and its MAC, where records come from. Answers whether a record changed. */
  findAddress(ip: Ip): boolean;
  findMac(mac: Mac): boolean;
}

/** Both folders of an overlay's records in memory, as they were last read. */
export class RecordStore implements RecordSource {
  readonly arp: RecordFolder<Ip, Mac>;
  readonly fdb: RecordFolder<Mac, Ip>;

  /** Reads nothing yet: {@link RecordStore.rescan}. */
  constructor(storage: string) {
    this.arp = new RecordFolder(join(storage, "arp"), parseIp, parseMac);
    this.fdb = new RecordFolder(join(storage, "fdb"), parseMac, parseVtep);
  }

  get records(): Records {
    return { arp: this.arp.values, fdb: this.fdb.values };
  }

  /** Reads everything. Answers whether a record changed. */
  rescan(): boolean {
    const arp = this.arp.rescan();
    return this.fdb.rescan() || arp;
  }

  findAddress(ip: Ip): boolean {
    const changed = this.arp.refresh(ip);
    const mac = this.arp.values.get(ip);
    return (mac !== undefined && this.fdb.refresh(mac)) || changed;
  }

  findMac(mac: Mac): boolean {
    return this.fdb.refresh(mac);
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

/** A tunnel packet goes to one host: with a group address, or none, every frame would be flooded. */
function parseVtep(given: unknown): Ip {
  const ip = parseIp(given);
  if (!isUnicast(ip)) throw new InvalidValue(given, "the unicast IPv4 address of a VTEP");
  return ip;
}

/** What {@link readRecords} found. */
export interface RecordsRead {
  readonly records: Records;
  /** What could not be read, each a sentence that names the file or folder; the records lack it. */
  readonly complaints: readonly string[];
}

/** Reads an overlay's records once. */
export function readRecords(storage: string): RecordsRead {
  const store = new RecordStore(storage);
  store.rescan();
  return { records: store.records, complaints: store.complaints };
}
