import { ipFromNumber, macFromNumber } from "@overlaynet/core/model/index";
import type { Miss } from "@overlaynet/core/operator/index";
import {
  type Actions,
  AddressTable,
  answerL2,
  answerL3,
  isUnexpected,
  type MissLayer,
  NegativeCache,
  type Rules,
  TokenBucket,
} from "@overlaynet/core/resolver/index";
import type { RecordSource } from "../records/index.js";
import type { Counters, MissOutcome, SyncCause } from "./counters.js";
import type { MissWatch } from "./miss-watch.js";
import type { Summary } from "./summary.js";

/** How many misses of a layer were answered together, and whether what they asked for should have been there. */
export interface Answered {
  readonly layer: MissLayer;
  readonly times: number;
  readonly unexpected: boolean;
}

/** What finding answers takes. */
export interface MissesWorld {
  readonly store: RecordSource;
  readonly now: () => number;
  readonly summary: Summary;
  readonly wantSync: (cause: SyncCause) => void;
}

/** Addresses that nobody knows are looked for on disk again after this long, in milliseconds. */
const negativeLifetime = 1000;
const negativeCapacity = 4096;
/** Looks on disk per second, and at once: a notice does not tell who asks, so all unknown addresses share this, and known ones need none. */
const looksPerSecond = 1000;
const looksAtOnce = 256;
/** MACs are kept apart from IPs in one cache. */
const macs = 2 ** 48;

/** Misses that were not yet answered, each once: the kernel repeats them for every packet. */
export class Misses {
  /** Whether what memory lacks is looked for where records come from. */
  looksElsewhere = true;
  /** Told what each miss gets. */
  watch: MissWatch | undefined;
  readonly #world: MissesWorld;
  readonly #l3 = new AddressTable(32, 32);
  readonly #l2 = new AddressTable(48, 32);
  #ipv6 = 0;
  /** Where the last answer was found. */
  #from: Miss["from"] = "memory";
  readonly #looks = new TokenBucket(looksPerSecond, looksAtOnce);
  readonly #unknown = new NegativeCache<number>(negativeCapacity, negativeLifetime);

  constructor(world: MissesWorld) {
    this.#world = world;
  }

  get empty(): boolean {
    return this.#l3.size === 0 && this.#l2.size === 0 && this.#ipv6 === 0;
  }

  /** How many addresses the negative cache holds. */
  get unknownAddresses(): number {
    return this.#unknown.size;
  }

  /** Has what nobody knew looked for again. */
  forgetUnknown(): void {
    this.#unknown.clear();
  }

  add(layer: MissLayer, address: number): void {
    if (layer === "l3") this.#l3.set(address, 1);
    else if (layer === "l2") this.#l2.set(address, 1);
    else this.#ipv6 = 1;
  }

  /** Forgets them, and adds to `actions` what answers them. Counts those that get no answer; answers with the others, which are to be counted when they were written. */
  take(rules: Rules, actions: Actions, counters: Counters): Answered[] {
    const l3 = this.#takeLayer("l3", this.#l3, rules, actions, counters);
    const l2 = this.#takeLayer("l2", this.#l2, rules, actions, counters);
    if (this.#ipv6 > 0) counters.countMiss("ipv6", "ipv6", this.#ipv6);
    this.#ipv6 = 0;
    return [l3, l2].filter(({ times }) => times > 0);
  }

  #takeLayer(layer: "l3" | "l2", misses: AddressTable, rules: Rules, actions: Actions, counters: Counters): Answered {
    const { store, wantSync } = this.#world;
    const unexpected = isUnexpected(rules, layer);
    let times = 0;
    let limited = 0;
    if (misses.size > 0) {
      misses.forEach((address) => {
        const is = this.#answer(layer, address, rules, actions);
        this.watch?.decided(layer, address, is, this.#from, unexpected);
        if (is === "answered") {
          if (unexpected && times === 0)
            this.#note("misses for entries that were pushed ahead of need", layer, address);
          times += 1;
          return;
        }
        counters.countMiss(layer, is, 1);
        if (is === "unknown" || is === "outside") this.#note(`misses for ${is} addresses`, layer, address);
        if (is === "limited") this.#note("more misses for unknown addresses than are looked for", layer, address);
        if (is === "limited") limited += 1;
      });
      misses.clear();
    }
    // What is not looked for one by one is found by reading all, as often as something has really come.
    if (limited > 0 && store.wasTouched()) wantSync("overlooked");
    return { layer, times, unexpected };
  }

  #note(kind: string, layer: "l3" | "l2", address: number): void {
    this.#world.summary.note(kind, layer === "l3" ? ipFromNumber(address) : macFromNumber(address));
  }

  /** From the records in memory, or else from their files: the watch may be late or have lost an event. */
  #answer(layer: "l3" | "l2", address: number, rules: Rules, actions: Actions): MissOutcome {
    const { store, now, wantSync } = this.#world;
    const answer = layer === "l3" ? answerL3 : answerL2;
    this.#from = "memory";
    const is = answer(store.records, rules, address, actions);
    if (is !== "unknown" || !this.looksElsewhere) return is;
    const key = layer === "l3" ? address : macs + address;
    if (this.#unknown.has(key, now())) {
      this.#from = "negative cache";
      return is;
    }
    if (!this.#looks.take(now())) return "limited";
    this.#from = "file";
    if (!(layer === "l3" ? store.findAddress(address) : store.findMac(address))) {
      this.#unknown.add(key, now());
      return is;
    }
    wantSync("records");
    return answer(store.records, rules, address, actions);
  }
}
