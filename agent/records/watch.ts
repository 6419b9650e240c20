import { type FSWatcher, statSync, watch } from "node:fs";
import { basename } from "node:path";
import type { RecordFolder } from "./folder.js";
import type { RecordStore, Table } from "./store.js";

/** More events than this in one turn of the event loop, and some may have been lost. */
const suspicious = 2048;

/**
 * Says which record files were touched. A hint only: the kernel's queue holds 16 384 events (fs.inotify.max_queued_events) and what does
 * not fit is lost, which Node does not tell (libuv passes IN_Q_OVERFLOW over). So a turn with many events is a reason for doubt, and
 * somebody has to rescan now and then, and to be told of changes in bulk.
 */
export class RecordWatch {
  readonly #store: RecordStore;
  readonly #touched: (table: Table, name: string) => void;
  readonly #doubt: () => void;
  readonly #watches = new Map<Table, { readonly watcher: FSWatcher; readonly folder: string }>();
  readonly #failures = new Map<Table, string>();
  #events = 0;

  /**
   * Watches nothing until {@link RecordWatch.renew}.
   *
   * @param doubt called when events may have been lost, or a folder itself was moved or removed: all is to be read again
   */
  constructor(store: RecordStore, touched: (table: Table, name: string) => void, doubt: () => void = () => undefined) {
    this.#store = store;
    this.#touched = touched;
    this.#doubt = doubt;
  }

  /** Watches folders that have appeared, and those that replaced one that was watched. Answers whether it began to watch any. */
  renew(): boolean {
    const arp = this.#renew("arp", this.#store.arp);
    return this.#renew("fdb", this.#store.fdb) || arp;
  }

  /** Which folders are there and cannot be watched, each a sentence. */
  get complaints(): string[] {
    return [...this.#failures.values()];
  }

  close(): void {
    for (const { watcher } of this.#watches.values()) watcher.close();
    this.#watches.clear();
  }

  #renew(table: Table, { path }: RecordFolder): boolean {
    const folder = identityOf(path);
    const existing = this.#watches.get(table);
    if (folder !== undefined && existing?.folder === folder) return false;
    existing?.watcher.close();
    this.#watches.delete(table);
    this.#failures.delete(table);
    if (folder === undefined) return false;
    try {
      const watcher = watch(path, (_event, name) => {
        this.#hear(table, path, name);
      });
      watcher.on("error", () => {
        this.#watches.delete(table);
        watcher.close();
      });
      this.#watches.set(table, { watcher, folder });
      return true;
    } catch (error) {
      // No more watches (fs.inotify.max_user_watches), or the folder has just gone: the rescans go on without.
      const why = error instanceof Error ? error.message : String(error);
      this.#failures.set(table, `${path} cannot be watched, changes are noticed late: ${why}`);
      return false;
    }
  }

  /** A folder that is moved or removed itself is told by its own name. */
  #hear(table: Table, path: string, name: string | null): void {
    if (this.#events === 0) setImmediate(() => (this.#events = 0));
    this.#events += 1;
    if (this.#events === suspicious || name === null || name === basename(path)) this.#doubt();
    if (name !== null && !name.startsWith(".")) this.#touched(table, name);
  }
}

/** Tells a folder from another that took its name; undefined when there is none, or no way to it. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
