import { existsSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Ip, type Mac, parseIp, parseMac, type Records } from "@overlaynet/core";
import * as z from "zod";
import { isErrno, makeFolder, readWhenThere, writeWhenDifferent } from "./atomic.js";
import { overlayState, type Paths } from "./paths.js";

/** What of an overlay's records, and of the folders they are in, we wrote: the rest is other people's. */
export interface Ledger {
  readonly storage: string;
  readonly records: Records;
  /** Folders that were not there before, those nearest the root first. */
  readonly folders: readonly string[];
}

const File = z.object({
  storage: z.string(),
  arp: z.record(z.string(), z.string()),
  fdb: z.record(z.string(), z.string()),
  folders: z.array(z.string()),
});

const file = (paths: Paths, overlay: string): string => join(overlayState(paths, overlay), "written.json");

/** The overlay's ledger; undefined when nothing was written yet, or it cannot be read: then nothing on disk counts as ours. */
export function readLedger(paths: Paths, overlay: string): Ledger | undefined {
  const text = readWhenThere(file(paths, overlay));
  if (text === undefined) return undefined;
  try {
    const { storage, arp, fdb, folders } = File.parse(JSON.parse(text));
    return {
      storage,
      folders,
      records: {
        arp: new Map(Object.entries(arp).map(([ip, mac]) => [parseIp(ip), parseMac(mac)])),
        fdb: new Map(Object.entries(fdb).map(([mac, vtep]) => [parseMac(mac), parseIp(vtep)])),
      },
    };
  } catch {
    return undefined;
  }
}

/** Answers whether it wrote. */
export function writeLedger(paths: Paths, overlay: string, ledger: Ledger): boolean {
  const { arp, fdb } = ledger.records;
  const text = JSON.stringify({
    storage: ledger.storage,
    arp: Object.fromEntries(arp),
    fdb: Object.fromEntries(fdb),
    folders: ledger.folders,
  });
  makeFolder(overlayState(paths, overlay), 0o755);
  return writeWhenDifferent(file(paths, overlay), `${text}\n`, 0o600);
}

/** Both sets of records; where they differ, what `first` says. */
export function unite(first: Records, second: Records): Records {
  return {
    arp: new Map<Ip, Mac>([...second.arp, ...first.arp]),
    fdb: new Map<Mac, Ip>([...second.fdb, ...first.fdb]),
  };
}

/** The folders that writing records into this storage will make, those nearest the root first. */
export function missingFolders(storage: string): string[] {
  const missing: string[] = [];
  for (let folder = storage; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  return [...missing, ...["arp", "fdb"].map((table) => join(storage, table)).filter((folder) => !existsSync(folder))];
}

/** Removes the folders that were made by us and are empty now, and the ledger itself. */
export function removeLedger(paths: Paths, overlay: string, ledger: Ledger): void {
  for (const folder of [...ledger.folders].reverse()) {
    try {
      rmdirSync(folder);
    } catch (error) {
      // Somebody's record is in it, or somebody took the folder away.
      if (!isErrno(error, "ENOTEMPTY", "ENOENT", "EEXIST")) throw error;
    }
  }
  rmSync(file(paths, overlay), { force: true });
}
