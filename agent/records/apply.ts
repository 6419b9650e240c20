import { randomBytes } from "node:crypto";
import { closeSync, fchmodSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Records } from "@overlaynet/core/records";
import { whereThereIsRoom } from "../store/atomic.js";
import { temporaryName } from "./folder.js";
import { OwnFolder } from "./own-folder.js";
import type { Table } from "./store.js";

/** What fits into a message. */
const buffer = Buffer.alloc(80);

/** What {@link applyRecords} did, each record as `arp/7.7.7.2`. */
export interface AppliedRecords {
  readonly written: readonly string[];
  /** Differ from what is wanted because somebody edited them, and were left. */
  readonly edited: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Makes the managed records so. What is missing or empty is written; so is what still holds its previous value. A file with any other
 * text was edited by hand and is left, unless `mend` is true. Records of `previous` that are no longer wanted are deleted; others, which
 * people made, are never touched. Files are renamed into place, so a reader sees the old text or the new. They are not synced to disk:
 * the desired state is, and what a power cut takes is written again from it.
 *
 * With `trusted` what is wanted as before is not looked at: one record in a thousand costs no reading of all of them.
 *
 * @throws Error a sentence when there is no room, or an error of the file system; what was done until then stays done, and doing it again finishes it
 */
export function applyRecords(input: {
  readonly storage: string;
  readonly wanted: Records;
  readonly previous: Records;
  readonly mend: boolean;
  readonly trusted?: boolean;
}): AppliedRecords {
  const result = { written: new Array<string>(), edited: new Array<string>(), removed: new Array<string>() };
  for (const table of ["arp", "fdb"] as const) {
    const folder = OwnFolder.make(join(input.storage, table));
    try {
      applyTable(folder, table, input, result);
    } finally {
      folder.close();
    }
  }
  return result;
}

type Result = Record<keyof AppliedRecords, string[]>;

function applyTable(folder: OwnFolder, table: Table, input: Parameters<typeof applyRecords>[0], result: Result): void {
  const wanted: ReadonlyMap<string, string> = input.wanted[table];
  const previous: ReadonlyMap<string, string> = input.previous[table];
  for (const [key, value] of wanted) {
    if (input.trusted === true && previous.get(key) === value) continue;
    const text = readRecord(folder, key);
    if (text === value) continue;
    if (text === undefined || text === "" || text === previous.get(key) || input.mend) {
      writeRecord(folder, key, value);
      result.written.push(`${table}/${key}`);
    } else {
      result.edited.push(`${table}/${key}`);
    }
  }
  for (const key of previous.keys()) {
    if (wanted.has(key) || readRecord(folder, key) === undefined) continue;
    rmSync(folder.at(key), { force: true });
    result.removed.push(`${table}/${key}`);
  }
}

/** How the managed records differ from what is wanted, in words: `record arp/7.7.7.2 missing, want 02:42:07:07:07:02`. */
export function recordsDrift(storage: string, wanted: Records): string[] {
  const drift: string[] = [];
  for (const table of ["arp", "fdb"] as const) {
    const folder = OwnFolder.open(join(storage, table));
    try {
      for (const [key, value] of wanted[table] as ReadonlyMap<string, string>) {
        const text = readRecord(folder, key);
        if (text === value) continue;
        drift.push(
          `record ${table}/${key} ${text === undefined ? "missing" : `is ${JSON.stringify(text)}`}, want ${value}`,
        );
      }
    } finally {
      folder?.close();
    }
  }
  return drift;
}

/** The text of a record without the space around it, at most as much as fits into a message, or undefined when there is no such file. */
function readRecord(folder: OwnFolder | undefined, key: string): string | undefined {
  const descriptor = folder?.open(key);
  if (descriptor === undefined || typeof descriptor === "string") return descriptor;
  try {
    if (!fstatSync(descriptor).isFile()) return "no regular file";
    return buffer.toString("latin1", 0, readSync(descriptor, buffer)).trim();
  } finally {
    closeSync(descriptor);
  }
}

function writeRecord(folder: OwnFolder, key: string, value: string): void {
  const temporary = folder.at(temporaryName(key, randomBytes(6).toString("hex")));
  try {
    whereThereIsRoom(join(folder.path, key), () => {
      const descriptor = openSync(temporary, "wx");
      try {
        writeSync(descriptor, `${value}\n`);
        // Whatever the umask is: the resolver reads them as a user of its own.
        fchmodSync(descriptor, 0o644);
      } finally {
        closeSync(descriptor);
      }
    });
    renameSync(temporary, folder.at(key));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
