import { type FSWatcher, statSync, watch } from "node:fs";
import type { RecordFolder } from "./folder.js";
import type { RecordStore, Table } from "./store.js";

/**
 * Says which record files were touched. A hint only: the kernel's queue holds 16 384 events (fs.inotify.max_queued_events) and what does
 * not fit is lost without a word, so somebody has to rescan now and then, and to be told of changes in bulk.
 */
export class RecordWatch {
  readonly #store: RecordStore;
  readonly #touched: (table: Table, name: string) => void;
  readonly #watches = new Map<Table, { readonly watcher: FSWatcher; readonly folder: string }>();

  /** Watches nothing until {@link RecordWatch.renew}. */
  constructor(store: RecordStore, touched: (table: Table, name: string) => void) {
    this.#store = store;
    this.#touched = touched;
  }

  /** Watches folders that have appeared, and those that replaced one that was watched. Answers whether it began to watch any. */
  renew(): boolean {
    const arp = this.#renew("arp", this.#store.arp);
    return this.#renew("fdb", this.#store.fdb) || arp;
  }

  close(): void {
    for (const { watcher } of this.#watches.values()) watcher.close();
    this.#watches.clear();
  }

  #renew(table: Table, { path }: RecordFolder): boolean {
    const folder = identityOf(path);
    const existing = this.#watches.get(table);
    if (existing?.folder === folder) return false;
    existing?.watcher.close();
    this.#watches.delete(table);
    if (folder === undefined) return false;
    try {
      const watcher = watch(path, (_event, name) => {
        if (name !== null && !name.startsWith(".")) this.#touched(table, name);
      });
      watcher.on("error", () => {
        this.#watches.delete(table);
        watcher.close();
      });
      this.#watches.set(table, { watcher, folder });
      return true;
    } catch {
      // No more watches (fs.inotify.max_user_watches), or the folder has just gone: the rescans go on without.
      return false;
    }
  }
}

/** Tells a folder from another that took its name; undefined when there is none. */
function identityOf(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  return status && `${status.dev}:${status.ino}`;
}
