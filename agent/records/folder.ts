import { closeSync, constants, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { InvalidValue } from "@overlaynet/core/model/index";

/** What one record file can be read as. */
type Reading<Value> =
  | { readonly is: "value"; readonly value: Value }
  | { readonly is: "gone" }
  /** An `echo` in progress: the shell has truncated the file and not written yet. */
  | { readonly is: "empty" }
  | { readonly is: "malformed"; readonly why: string };

/** Longer than any record, shorter than what somebody put there by mistake. */
const buffer = Buffer.allocUnsafe(64);

/**
 * One folder of records in memory, `arp/` or `fdb/`: a file's name is the key and its text the value. What cannot be read keeps its last
 * good value. Read synchronously: asynchronous reads of ten thousand small files take seven times as long (measured).
 */
export class RecordFolder<Key extends string, Value extends string> {
  readonly path: string;
  readonly #parseKey: (given: unknown) => Key;
  readonly #parseValue: (given: unknown) => Value;
  readonly #values = new Map<Key, Value>();
  readonly #malformed = new Map<string, string>();
  #unreadable: string | undefined;
  #listed: number | undefined;

  constructor(path: string, parseKey: (given: unknown) => Key, parseValue: (given: unknown) => Value) {
    this.path = path;
    this.#parseKey = parseKey;
    this.#parseValue = parseValue;
  }

  get values(): ReadonlyMap<Key, Value> {
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

  /** Reads the whole folder. Answers whether a value changed. */
  rescan(): boolean {
    let names: string[];
    this.#listed = this.#modified();
    try {
      names = readdirSync(this.path);
    } catch (error) {
      this.#unreadable = error instanceof Error ? error.message : String(error);
      return false;
    }
    this.#unreadable = undefined;
    const present = new Set(names);
    let changed = false;
    for (const key of this.#values.keys()) if (!present.has(key)) changed = this.#values.delete(key) || changed;
    for (const name of this.#malformed.keys()) if (!present.has(name)) this.#malformed.delete(name);
    for (const name of names) changed = this.refresh(name) || changed;
    return changed;
  }

  /** Whether a file was made, renamed or deleted since the folder was last read. */
  wasTouched(): boolean {
    return this.#modified() !== this.#listed;
  }

  /** Reads one file. Answers whether a value changed. Names that begin with a dot are temporary files, {@link temporaryName}. */
  refresh(name: string): boolean {
    if (name.startsWith(".")) return false;
    const key = this.#read(() => this.#parseKey(name));
    if (key.is === "malformed" || (key.is === "value" && key.value !== name)) {
      this.#malformed.set(name, key.is === "malformed" ? key.why : `expected the name in the form ${key.value}`);
      return false;
    }
    return this.#take(name as Key, this.#readFile(name));
  }

  /** In milliseconds; undefined when there is no such folder. */
  #modified(): number | undefined {
    return statSync(this.path, { throwIfNoEntry: false })?.mtimeMs;
  }

  #take(key: Key, reading: Reading<Value>): boolean {
    if (reading.is === "malformed") this.#malformed.set(key, reading.why);
    else this.#malformed.delete(key);
    if (reading.is === "gone") return this.#values.delete(key);
    if (reading.is !== "value" || this.#values.get(key) === reading.value) return false;
    this.#values.set(key, reading.value);
    return true;
  }

  #readFile(name: string): Reading<Value> {
    let length: number;
    try {
      // Not blocking: a named pipe in the folder must not stop the resolver.
      const descriptor = openSync(join(this.path, name), constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        length = readSync(descriptor, buffer);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code !== "ENOENT") return { is: "malformed", why: String(error) };
      // A file that is gone from its folder takes its record along; a folder that is gone takes none.
      return this.#modified() === undefined ? { is: "empty" } : { is: "gone" };
    }
    if (length === buffer.length) return { is: "malformed", why: "too long for a record" };
    const text = buffer.toString("latin1", 0, length).trim();
    return text === "" ? { is: "empty" } : this.#read(() => this.#parseValue(text));
  }

  #read<T>(parse: () => T): Reading<T> {
    try {
      return { is: "value", value: parse() };
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      return { is: "malformed", why: error.message };
    }
  }
}

/** Beside the record and hidden: readers, a shell's `*` among them, pass over names that begin with a dot. */
export function temporaryName(name: string, unique: string): string {
  return `.${name}.${unique}`;
}
