import { constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { InvalidValue } from "@overlaynet/core/model/index";
import type { AddressTable } from "@overlaynet/core/resolver/index";
import { describe } from "../netlink/index.js";
import { close, openAt, readFrom } from "../netlink/native.js";
import { Directory } from "./directory.js";

/** How a folder's names and texts are addresses, and addresses numbers. */
export interface RecordKind {
  /** Fast, for the form that the project writes; -1 for any other. */
  readonly scanKey: (bytes: Uint8Array, start: number, end: number) => number;
  readonly scanValue: (bytes: Uint8Array, start: number, end: number) => number;
  /** For any form, with a reason why it is none. @throws InvalidValue */
  readonly parseKey: (given: string) => number;
  readonly parseValue: (given: string) => number;
  readonly nameOf: (key: number) => string;
  readonly table: (expected: number) => AddressTable;
}

/** Negative answers of reading a file, where a value is above zero. */
const gone = -1;
/** An `echo` in progress: the shell has truncated the file and not written yet. */
const empty = -2;
const malformed = -3;

/** Longer than any record, shorter than what somebody put there by mistake. */
const buffer = Buffer.allocUnsafeSlow(64);
/** The longest name there can be (NAME_MAX), and its zero byte. */
const nameBuffer = Buffer.allocUnsafeSlow(256);
const ENOENT = 2;
/** Not blocking: a named pipe in the folder must not stop the resolver. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK;
const changesKept = 1024;

/**
 * One folder of records in memory, `arp/` or `fdb/`: a file's name is the key and its text the value. What cannot be read keeps its last
 * good value. Read synchronously and by the system's own calls: asynchronous reads of ten thousand small files take seven times as long,
 * node:fs twice (measured).
 */
export class RecordFolder {
  readonly path: string;
  readonly #kind: RecordKind;
  #values: AddressTable;
  /** What a rescan that is under way has found so far. */
  #fresh: AddressTable | undefined;
  #malformed = new Map<string, string>();
  #changed = new Set<number>();
  /** Keys whose file is there and gives no value. */
  readonly #unread = new Set<number>();
  #unreadable: string | undefined;
  #listed: number | undefined;

  constructor(path: string, kind: RecordKind) {
    this.path = path;
    this.#kind = kind;
    this.#values = kind.table(0);
  }

  /** Another table after each rescan. */
  get values(): AddressTable {
    return this.#values;
  }

  /** File by file, why its text or its name is no record. */
  get malformed(): ReadonlyMap<string, string> {
    return this.#malformed;
  }

  /** Why the folder could not be listed the last time. */
  get unreadable(): string | undefined {
    return this.#unreadable;
  }

  /** Whether every record of the folder is known: it could be listed, and each of its files read. */
  get isWhole(): boolean {
    return this.#unreadable === undefined && this.#unread.size === 0;
  }

  /** Takes what is known of a record that cannot be read now, where nothing better is. */
  adopt(key: number, value: number): void {
    if (this.#values.has(key) || (this.#unreadable === undefined && !this.#unread.has(key))) return;
    this.#values.set(key, value);
    this.#noteChange(key);
  }

  /** The keys whose value changed since they were last taken, undefined when they are too many to be told one by one. */
  takeChanged(): ReadonlySet<number> | undefined {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed.size > changesKept ? undefined : changed;
  }

  /**
   * Reads the whole folder. Answers whether a value changed.
   *
   * @param pause called now and then: a time for other work, {@link refresh} too
   */
  rescan(pause?: () => void): boolean {
    const before = this.#malformed;
    this.#listed = this.#modified();
    this.#malformed = new Map();
    const fresh = (this.#fresh = this.#kind.table(this.#values.size));
    const errno = this.#readAll(fresh, pause);
    this.#fresh = undefined;
    this.#unreadable = errno === 0 ? undefined : describe({ errno });
    if (errno !== 0) {
      this.#malformed = before;
      return false;
    }
    return this.#replace(fresh);
  }

  /** Whether a file was made, renamed or deleted since the folder was last read, or the folder can be read again. */
  wasTouched(): boolean {
    if (this.#unreadable === undefined) return this.#modified() !== this.#listed;
    const directory = Directory.open(this.path);
    if (typeof directory === "number") return false;
    directory.close();
    return true;
  }

  /** Whether a file that may have been a record is not there. */
  lacks(name: string): boolean {
    return !existsSync(join(this.path, name));
  }

  /** Reads one file. Answers whether a value changed. Names that begin with a dot are temporary files, {@link temporaryName}. */
  refresh(name: string): boolean {
    if (name.startsWith(".")) return false;
    const end = nameBuffer.write(name);
    const key = this.#key(end);
    if (key < 0) {
      if (!existsSync(join(this.path, name))) this.#malformed.delete(name);
      return false;
    }
    const directory = Directory.open(this.path);
    // A file that is gone from its folder takes its record along; a folder that is gone takes none.
    if (typeof directory === "number") return false;
    let value: number;
    try {
      value = this.#read(directory.fd, end);
    } finally {
      directory.close();
    }
    this.#noteReading(key, value);
    if (this.#fresh) put(this.#fresh, key, value);
    if (!put(this.#values, key, value)) return false;
    this.#noteChange(key);
    return true;
  }

  /** Reads the file of a key. Answers whether its value changed. */
  refreshKey(key: number): boolean {
    return this.refresh(this.#kind.nameOf(key));
  }

  /** Answers with an errno, zero when all went well. */
  #readAll(fresh: AddressTable, pause: (() => void) | undefined): number {
    const directory = Directory.open(this.path);
    if (typeof directory === "number") return directory;
    try {
      return directory.forEach((names, start, end) => {
        names.copy(nameBuffer, 0, start, end + 1);
        const key = this.#key(end - start);
        if (key < 0) return;
        const value = this.#read(directory.fd, end - start);
        this.#noteReading(key, value);
        if (value === gone) return;
        const kept = value < 0 ? this.#values.get(key) : value;
        if (kept !== 0) fresh.set(key, kept);
      }, pause);
    } finally {
      directory.close();
    }
  }

  #replace(fresh: AddressTable): boolean {
    const before = this.#values;
    let changed = false;
    fresh.forEach((key, value) => {
      if (before.get(key) === value) return;
      changed = true;
      this.#noteChange(key);
    });
    before.forEach((key) => {
      if (fresh.has(key)) return;
      this.#unread.delete(key);
      changed = true;
      this.#noteChange(key);
    });
    this.#values = fresh;
    return changed;
  }

  #noteReading(key: number, value: number): void {
    if (value === empty || value === malformed) this.#unread.add(key);
    else if (this.#unread.size > 0) this.#unread.delete(key);
  }

  /** Keeps one more than are told, to know that there were too many. */
  #noteChange(key: number): void {
    if (this.#changed.size <= changesKept) this.#changed.add(key);
  }

  /** The key that the name buffer holds, negative when it is none. */
  #key(end: number): number {
    const key = this.#kind.scanKey(nameBuffer, 0, end);
    if (key >= 0) return key;
    const name = nameBuffer.toString("utf8", 0, end);
    try {
      const expected = this.#kind.nameOf(this.#kind.parseKey(name));
      this.#malformed.set(name, `expected the name in the form ${expected}`);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      this.#malformed.set(name, error.message);
    }
    return -1;
  }

  /** In milliseconds; undefined when there is no such folder, or no way to it (EACCES, ELOOP): what is wrong is told by its reading. */
  #modified(): number | undefined {
    try {
      return statSync(this.path).mtimeMs;
    } catch {
      return undefined;
    }
  }

  /** The value in the file that the name buffer names. */
  #read(directory: number, nameEnd: number): number {
    nameBuffer[nameEnd] = 0;
    const fd = openAt(directory, nameBuffer, flags);
    let length = fd;
    if (fd >= 0) {
      length = readFrom(fd, buffer);
      close(fd);
    }
    if (length === -ENOENT) return this.#tell(nameEnd, undefined, gone);
    if (length < 0) return this.#tell(nameEnd, describe({ errno: -length }), malformed);
    if (length === buffer.length) return this.#tell(nameEnd, "too long for a record", malformed);
    const end = trimmedEnd(length);
    const value = this.#kind.scanValue(buffer, 0, end);
    return value > 0 ? this.#tell(nameEnd, undefined, value) : this.#readSlowly(nameEnd, end);
  }

  #readSlowly(nameEnd: number, end: number): number {
    const text = buffer.toString("latin1", 0, end).trim();
    if (text === "") return this.#tell(nameEnd, undefined, empty);
    try {
      return this.#tell(nameEnd, undefined, this.#kind.parseValue(text));
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      return this.#tell(nameEnd, error.message, malformed);
    }
  }

  /** Notes what is wrong with the file that the name buffer names, or that nothing is. */
  #tell(nameEnd: number, why: string | undefined, answer: number): number {
    if (why !== undefined) this.#malformed.set(nameBuffer.toString("utf8", 0, nameEnd), why);
    else if (this.#malformed.size > 0) this.#malformed.delete(nameBuffer.toString("utf8", 0, nameEnd));
    return answer;
  }
}

/** Takes what was read of a file into a table. Answers whether it changed. */
function put(table: AddressTable, key: number, value: number): boolean {
  if (value === gone) return table.delete(key);
  return value > 0 && table.set(key, value);
}

/** Where the buffer's text ends without the newline and spaces behind it. */
function trimmedEnd(length: number): number {
  let end = length;
  while (end > 0 && (buffer[end - 1] ?? 0) <= 0x20) end -= 1;
  return end;
}

/** Beside the record and hidden: readers, a shell's `*` among them, pass over names that begin with a dot. */
export function temporaryName(name: string, unique: string): string {
  return `.${name}.${unique}`;
}
