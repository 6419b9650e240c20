import { type Ip, type Mac } from "@overlaynet/core/model/index";
import type { Records, ResolverConfig } from "@overlaynet/core/records";
import {
  type Action,
  answerMiss,
  arpReply,
  isDrift,
  isUnexpected,
  type Miss,
  type MissAnswer,
  NegativeCache,
} from "@overlaynet/core/resolver/index";
import { mendEntries, type SyncReport, writeActions } from "../entries/index.js";
import { type Message, NetlinkError, type RouteConnection } from "../netlink/index.js";
import type { RecordSource } from "../records/index.js";
import { Counters, type SyncCause } from "./counters.js";
import { readNotice } from "./notice.js";
import type { Summary } from "./summary.js";

/** What a resolver needs of the world. */
export interface ResolverWorld {
  readonly store: RecordSource;
  readonly connection: RouteConnection;
  readonly deviceIndex: number;
  readonly bridgeIndex: number;
  /** Puts a frame on the bridge. */
  readonly inject: (frame: Buffer) => void;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly summary: Summary;
  /** Has {@link Resolver.sync} called soon, from the event loop. */
  readonly wantSync: (cause: SyncCause) => void;
  /** A device went, or is no longer what it was: nothing can be done here. */
  readonly stop: (why: string) => void;
}

/** Addresses that nobody knows are looked for on disk again after this long, in milliseconds. */
const negativeLifetime = 1000;
const negativeCapacity = 4096;

/**
 * Answers a device's misses and keeps its tables in step with the records. Synchronous throughout, so that nothing happens between two
 * lines of it; whoever owns it gives it messages and time.
 */
export class Resolver {
  readonly counters = new Counters();
  readonly #world: ResolverWorld;
  readonly #unknown = new NegativeCache<Ip | Mac>(negativeCapacity, negativeLifetime);
  /** Misses not yet answered, each once: the kernel repeats them for every packet. */
  readonly #misses = new Map<string, Miss>();
  #config: ResolverConfig;
  /** The forwarding records at the last sync: with learning our entries are known again only by them. */
  #before: Records | undefined;
  #report: SyncReport = {
    neighbours: 0,
    forwarding: 0,
    added: 0,
    changed: 0,
    removed: 0,
    failed: 0,
    failures: [],
    ignored: 0,
  };
  #up = true;

  constructor(config: ResolverConfig, world: ResolverWorld) {
    this.#config = config;
    this.#world = world;
  }

  get config(): ResolverConfig {
    return this.#config;
  }

  /** What the last sync found and did. */
  get report(): SyncReport {
    return this.#report;
  }

  get unknownAddresses(): number {
    return this.#unknown.size;
  }

  /** Takes another configuration of the same devices; the next sync brings the kernel in step with it. */
  reconfigure(config: ResolverConfig): void {
    this.#config = config;
  }

  /** Compares the kernel with the records as they are in memory, and mends. @throws NetlinkError */
  sync(cause: SyncCause): SyncReport {
    const { connection, deviceIndex, store, summary, wantSync } = this.#world;
    const { records } = store;
    this.#unknown.clear();
    const { report, moved } = mendEntries(connection, deviceIndex, this.#config, records, this.#before);
    for (const [ip, mac] of moved) this.#announce(ip, mac);
    this.#before = this.#config.learning ? { arp: new Map(), fdb: new Map(records.fdb) } : undefined;
    this.#report = report;
    this.counters.countSync(cause);
    if (cause === "drift" || cause === "interval" || cause === "link" || cause === "overrun") {
      this.counters.repaired += report.added + report.changed + report.removed;
    }
    if (report.failed > 0) {
      this.counters.writeFailures += report.failed;
      for (const failure of report.failures) summary.note("the kernel refused an entry", failure);
      wantSync("retry");
    }
    return report;
  }

  /** Takes a message of the kernel. Misses are answered by {@link Resolver.answer}, all that came at once together. */
  handle(message: Message): void {
    const notice = readNotice(message, this.#world.deviceIndex);
    switch (notice.is) {
      case "miss":
        this.#misses.set(keyOf(notice.miss), notice.miss);
        break;
      case "entry":
        if (isDrift(this.#world.store.records, this.#config, notice.event)) this.#world.wantSync("drift");
        break;
      case "link":
        this.#handleLink(notice.index, notice.gone, notice.name, notice.up);
        break;
      case "malformed":
        this.counters.malformed += 1;
        break;
      case "other":
        break;
    }
  }

  /** Answers the misses that were handed over. @param since when the first of them was received */
  answer(since: number): void {
    if (this.#misses.size === 0) return;
    const misses = [...this.#misses.values()];
    this.#misses.clear();
    const answers = misses.map((miss) => this.#answerTo(miss));
    const failed = this.#write(answers.flatMap((answer) => (answer.is === "answered" ? answer.actions : [])));
    for (const answer of answers) {
      if (answer.is === "answered" && answer.announce) this.#announce(answer.announce.ip, answer.announce.mac);
    }
    const seconds = (this.#world.now() - since) / 1000;
    misses.forEach((miss, index) => {
      const is = answers[index]?.is ?? "unknown";
      this.counters.countMiss(miss.layer, is === "answered" && failed ? "failed" : is);
      if (is === "answered") this.counters.latency.observe(seconds, 1);
      if (is === "answered" && isUnexpected(this.#config, miss)) this.counters.unexpected += 1;
      if (is === "unknown" || is === "outside") this.#world.summary.note(`misses for ${is} addresses`, keyOf(miss));
    });
  }

  /** From the records in memory, or else from their files: the watch may be late or have lost an event. */
  #answerTo(miss: Miss): MissAnswer {
    const { store, now, wantSync } = this.#world;
    const answer = answerMiss(store.records, this.#config, miss);
    if (answer.is !== "unknown" || miss.layer === "ipv6") return answer;
    const key = miss.layer === "l3" ? miss.ip : miss.mac;
    if (this.#unknown.has(key, now())) return answer;
    const found = miss.layer === "l3" ? store.findAddress(miss.ip) : store.findMac(miss.mac);
    if (!found) {
      this.#unknown.add(key, now());
      return answer;
    }
    wantSync("records");
    return answerMiss(store.records, this.#config, miss);
  }

  /** Answers whether any failed. */
  #write(actions: readonly Action[]): boolean {
    if (actions.length === 0) return false;
    const { connection, deviceIndex, summary, wantSync } = this.#world;
    try {
      const { failed, failures } = writeActions(connection, deviceIndex, actions);
      this.counters.writeFailures += failed;
      for (const failure of failures) summary.note("the kernel refused an entry", failure);
      if (failed > 0) wantSync("retry");
      return failed > 0;
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      this.counters.writeFailures += actions.length;
      summary.note("the kernel could not be asked", error.message);
      wantSync("retry");
      return true;
    }
  }

  #announce(ip: Ip, mac: Mac): void {
    try {
      this.#world.inject(arpReply(ip, mac));
      this.counters.announced += 1;
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      // The container asks again in a second, and the kernel answers it from the entry.
      this.counters.announceFailures += 1;
      this.#world.summary.note("an ARP reply could not be sent", error.message);
    }
  }

  #handleLink(index: number, gone: boolean, name: string | undefined, up: boolean): void {
    const { deviceIndex, bridgeIndex, stop, wantSync } = this.#world;
    if (index !== deviceIndex && index !== bridgeIndex) return;
    const expected = index === deviceIndex ? this.#config.device : this.#config.bridge;
    if (gone) {
      stop(`${expected} is gone`);
    } else if (name !== undefined && name !== expected) {
      stop(`${expected} was renamed to ${name}`);
    } else if (index === deviceIndex) {
      // Going down flushed what is not permanent (vxlan_stop, neigh_ifdown).
      if (up && !this.#up) wantSync("link");
      this.#up = up;
    }
  }
}

function keyOf(miss: Miss): string {
  if (miss.layer === "ipv6") return "IPv6";
  return miss.layer === "l3" ? miss.ip : miss.mac;
}
