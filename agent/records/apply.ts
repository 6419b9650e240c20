import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Records } from "@overlaynet/core/records";
import { isErrno, whereThereIsRoom } from "../store/atomic.js";
import { temporaryName } from "./folder.js";
import type { Table } from "./store.js";

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
 * @throws Error a sentence when there is no room, or an error of the file system; what was done until then stays done, and doing it again finishes it
 */
export function applyRecords(input: {
  readonly storage: string;
  readonly wanted: Records;
  readonly previous: Records;
  readonly mend: boolean;
}): AppliedRecords {
  const result = { written: new Array<string>(), edited: new Array<string>(), removed: new Array<string>() };
  for (const table of ["arp", "fdb"] as const) {
    makeFolder(join(input.storage, table));
    const wanted: ReadonlyMap<string, string> = input.wanted[table];
    const previous: ReadonlyMap<string, string> = input.previous[table];
    for (const [key, value] of wanted) {
      const text = readRecord(input.storage, table, key);
      if (text === value) continue;
      if (text === undefined || text === "" || text === previous.get(key) || input.mend) {
        writeRecord(input.storage, table, key, value);
        result.written.push(`${table}/${key}`);
      } else {
        result.edited.push(`${table}/${key}`);
      }
    }
    for (const key of previous.keys()) {
      if (wanted.has(key) || readRecord(input.storage, table, key) === undefined) continue;
      rmSync(join(input.storage, table, key), { force: true });
      result.removed.push(`${table}/${key}`);
    }
  }
  return result;
}

/** How the managed records differ from what is wanted, in words: `record arp/7.7.7.2 missing, want 02:42:07:07:07:02`. */
export function recordsDrift(storage: string, wanted: Records): string[] {
  const drift: string[] = [];
  for (const table of ["arp", "fdb"] as const) {
    for (const [key, value] of wanted[table] as ReadonlyMap<string, string>) {
      const text = readRecord(storage, table, key);
      if (text === value) continue;
      drift.push(
        `record ${table}/${key} ${text === undefined ? "missing" : `is ${JSON.stringify(text)}`}, want ${value}`,
      );
    }
  }
  return drift;
}

/** The text of a record without the space around it, at most as much as fits into a message, or undefined when there is no such file. */
function readRecord(storage: string, table: Table, key: string): string | undefined {
  try {
    return readFileSync(join(storage, table, key), "latin1")
      .slice(0, 80)
      .trim();
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

function writeRecord(storage: string, table: Table, key: string, value: string): void {
  const temporary = join(storage, table, temporaryName(key, randomBytes(6).toString("hex")));
  try {
    whereThereIsRoom(join(storage, table, key), () => {
      writeFileSync(temporary, `${value}\n`, { flag: "wx" });
    });
    // Whatever the umask is: the resolver reads them as a user of its own.
    chmodSync(temporary, 0o644);
    renameSync(temporary, join(storage, table, key));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Readable by all, so that the resolver and people can look. A folder that exists keeps what people gave it. */
function makeFolder(path: string): void {
  if (whereThereIsRoom(path, () => mkdirSync(path, { recursive: true })) !== undefined) chmodSync(path, 0o755);
}
