import type { KernelEntries } from "@overlaynet/core/resolver/index";
import { RecordStore, RecordWatch, type Table } from "../records/index.js";
import { Complaints } from "./complaints.js";
import { Rest } from "./rest.js";

/** More touched files than this between two turns are read with all others. */
const manyTouched = 1000;
/** All files are read this often, changed folder or not, in milliseconds: an edit in place that the watch lost changes no folder. */
const fullRescan = 300_000;
/** A folder that cannot be read is looked at again after so long, in milliseconds: nothing else tells that it is back. */
const lookAgainDelay = 1000;
/**
 * A record goes this long after its file, in milliseconds, and after the last of several: a folder that is removed whole loses its files first, and then none is to be forgotten. Whoever removes a
 * record and wants it gone at once asks for a sync.
 */
const goneDelay = 300;
/** Milliseconds after which the files that have gone are believed to, though others still go. */
const longestGoing = 3000;

export interface FollowedRecordsWorld {
  /** Has {@link FollowedRecords.refresh} called soon, from the event loop. */
  readonly changed: () => void;
  /** Called between the parts of long reading: a time for other work. */
  readonly pause: () => void;
  readonly log: (line: string) => void;
}

/** An overlay's records in memory, kept in step with their folders: what the watch touches is read, and all of it where there is doubt. */
export class FollowedRecords {
  readonly store: RecordStore;
  readonly #world: FollowedRecordsWorld;
  readonly #watch: RecordWatch;
  readonly #complaints: Complaints;
  readonly #reading = new Rest(fullRescan);
  readonly #touched = new Map<string, readonly [Table, string]>();
  #doubtful = false;
  /** When files or folders began to go, and when the last of them went, by performance.now(). */
  #going: { readonly since: number; readonly last: number } | undefined;
  #lookAgain: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;
  #closed = false;

  /** Reads nothing yet. */
  constructor(storage: string, world: FollowedRecordsWorld) {
    this.store = new RecordStore(storage);
    this.#world = world;
    this.#complaints = new Complaints(world.log);
    this.#watch = new RecordWatch(
      this.store,
      (table, name) => {
        this.#touched.set(`${table}/${name}`, [table, name]);
        if (this.store[table].lacks(name)) this.#noteGoing();
        world.changed();
      },
      this.#doubt,
    );
  }

  /** What keeps records from being read, each a sentence. */
  get complaints(): string[] {
    return [...this.store.complaints, ...this.#watch.complaints];
  }

  /** @param held what the kernel holds, asked only when some record cannot be read */
  open(held: () => KernelEntries): void {
    this.rescan();
    if (!this.store.isWhole) this.store.adopt(held());
    this.tell();
  }

  /** Reads what was touched. What has gone a moment ago is looked at again. */
  refresh(): void {
    const going = this.#isGoing;
    if (this.#doubtful || this.#touched.size > manyTouched) {
      if (going) this.#refreshLater();
      else this.rescan();
      return;
    }
    for (const [key, [table, name]] of this.#touched) {
      if (going && this.store[table].lacks(name)) continue;
      this.store[table].refresh(name);
      this.#touched.delete(key);
    }
    if (this.#touched.size > 0) this.#refreshLater();
  }

  /**
   * Reads everything. Watched before it is read, as the kernel is listened to before it is dumped: what changes in between is told.
   * Answers whether a record changed.
   */
  rescan(): boolean {
    this.#touched.clear();
    this.#doubtful = false;
    this.#going = undefined;
    this.#watch.renew();
    const changed = this.#reading.after(() => this.store.rescan(this.#world.pause));
    this.#lookAgainLater();
    return changed;
  }

  /** Now and then: reads everything when a folder is another one, its list of files has changed, or it is long ago. Answers whether a record changed. */
  check(): boolean {
    if (this.#isGoing) return false;
    const began = this.#watch.renew();
    return (began || this.store.wasTouched() || this.#reading.isOver) && this.rescan();
  }

  /** Tells people what is wrong with the records, once each while it lasts. */
  tell(): void {
    this.#complaints.tell(this.complaints);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#lookAgain);
    clearTimeout(this.#later);
    this.#watch.close();
  }

  get #isGoing(): boolean {
    if (this.#going === undefined) return false;
    const { since, last } = this.#going;
    const now = performance.now();
    if (now - last < goneDelay && now - since < longestGoing) return true;
    this.#going = undefined;
    return false;
  }

  #noteGoing(): void {
    const last = performance.now();
    this.#going = { since: this.#isGoing && this.#going !== undefined ? this.#going.since : last, last };
  }

  #refreshLater(): void {
    if (this.#closed) return;
    clearTimeout(this.#later);
    this.#later = setTimeout(this.#world.changed, goneDelay);
  }

  readonly #doubt = (): void => {
    if (this.store.isGoing) this.#noteGoing();
    this.#doubtful = true;
    this.#world.changed();
  };

  #lookAgainLater(): void {
    clearTimeout(this.#lookAgain);
    if (this.#closed || !this.store.isHidden) return;
    this.#lookAgain = setTimeout(() => {
      if (this.store.wasTouched()) this.#doubt();
      else this.#lookAgainLater();
    }, lookAgainDelay);
  }
}
