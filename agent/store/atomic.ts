import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** True for an error of the file system with one of these codes: `isErrno(error, "ENOENT")`. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** The file's text, or undefined when there is no such file. */
export function readWhenThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/**
 * Writes a file so that a reader, or a power cut, sees the old text or the new one and nothing between: a new file, synced, renamed over
 * the old one, and the folder synced. When the disk is full the old file stays.
 *
 * @throws Error a sentence when there is no room
 */
export function writeAtomically(file: string, text: string, mode: number): void {
  writeTogether(new Map([[file, text]]), mode);
}

/** {@link writeAtomically} for several files: each gets its place only when the bytes of all are on the disk. */
export function writeTogether(texts: ReadonlyMap<string, string>, mode: number): void {
  const ready = new Map<string, string>();
  try {
    for (const [file, text] of texts) {
      const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
      ready.set(file, temporary);
      whereThereIsRoom(file, () => {
        writeSynced(temporary, text, mode);
      });
    }
    for (const [file, temporary] of ready) {
      renameSync(temporary, file);
      ready.delete(file);
    }
  } catch (error) {
    for (const temporary of ready.values()) rmSync(temporary, { force: true });
    throw error;
  }
  for (const folder of new Set([...texts.keys()].map(dirname))) syncFolder(folder);
}

function writeSynced(file: string, text: string, mode: number): void {
  const descriptor = openSync(file, "wx", mode);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  chmodSync(file, mode);
}

const noRoom = new Map([
  ["ENOSPC", "there is no space left"],
  ["EDQUOT", "the disk quota is used up"],
  ["EROFS", "the file system is read-only"],
]);

/** Does what writes a file; what the file system says when it has no room becomes a sentence that names the file, which Node's own error does not. */
export function whereThereIsRoom<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const why = noRoom.get(code);
    if (why === undefined) throw error;
    throw new Error(`${file} cannot be written: ${why}; make room on that file system and run it again`, {
      cause: error,
    });
  }
}

/** {@link writeAtomically} unless the file holds this text already. Answers whether it wrote. */
export function writeWhenDifferent(file: string, text: string, mode: number): boolean {
  if (readWhenThere(file) === text) return false;
  writeAtomically(file, text, mode);
  return true;
}

/** Makes a folder and those above it, the last one with exactly this mode whatever the umask is. @throws Error a sentence when there is no room */
export function makeFolder(folder: string, mode: number): void {
  whereThereIsRoom(folder, () => mkdirSync(folder, { recursive: true }));
  chmodSync(folder, mode);
}

/** Makes the names in a folder survive a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes a folder that holds nothing; one that does, is a file system of its own, or is gone, is no error. */
export function removeWhenEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!isErrno(error, "ENOTEMPTY", "ENOENT", "EEXIST", "EBUSY")) throw error;
  }
}

/** The names in a folder; none when it does not exist. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}
