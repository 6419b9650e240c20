import type { ResolverConfig } from "@overlaynet/core/records";
import {
  Actions,
  type AddressTable,
  type ChangedRecords,
  Do,
  isForwardingDrift,
  isNeighbourDrift,
  type Rules,
  rulesOf,
} from "@overlaynet/core/resolver/index";
import {
  EntryWriter,
  mendChanged,
  mendEntries,
  type Mended,
  type MendTarget,
  nothingMended,
  type SyncReport,
} from "../entries/index.js";
import { type LinkMessage, type MessagePlace, NetlinkError, type RouteConnection } from "../netlink/index.js";
import type { RecordSource } from "../records/index.js";
import { Announcements, type Inject } from "./announcements.js";
import { Counters, type SyncCause } from "./counters.js";
import { deviceLoss, type Served } from "./devices.js";
import type { MissWatch } from "./miss-watch.js";
import { Misses } from "./misses.js";
import { isUp, NoticeReader } from "./notice.js";
import type { Summary } from "./summary.js";

/** What a resolver needs of the world. */
export interface ResolverWorld {
  readonly store: RecordSource;
  /** For comparing and mending. */
  readonly connection: RouteConnection;
  /** For answering misses, also while the other is at work. */
  readonly answering: RouteConnection;
  readonly deviceIndex: number;
  readonly bridgeIndex: number;
  readonly inject: Inject;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly summary: Summary;
  /** Has {@link Resolver.sync} called soon, from the event loop. */
  readonly wantSync: (cause: SyncCause) => void;
  /** Called between the parts of a long comparison, for misses to be handed over and answered. */
  readonly pause?: () => void;
  /** A device went, or is no longer what it was: nothing can be done here. */
  readonly stop: (why: string) => void;
}

/** Causes at which the notice that a device is gone may have been lost, or is late. */
const doubtful: ReadonlySet<SyncCause> = new Set(["overrun", "retry", "interval"]);

/**
 * Answers a device's misses and keeps its tables in step with the records. Synchronous throughout, so that nothing happens between two
 * lines of it but what {@link ResolverWorld.pause} lets in; whoever owns it gives it messages and time.
 */
export class Resolver {
  readonly counters = new Counters();
  readonly #world: ResolverWorld;
  readonly #reader: NoticeReader;
  readonly #misses: Misses;
  readonly #writer: EntryWriter;
  readonly #actions = new Actions();
  readonly #announcements: Announcements;
  #config: ResolverConfig;
  #rules: Rules;
  /** The forwarding records at the last sync: with learning our entries are known again only by them. */
  #before: AddressTable | undefined;
  #report = nothingMended;
  #up = true;
  #watch: MissWatch | undefined;

  constructor(config: ResolverConfig, world: ResolverWorld) {
    this.#config = config;
    this.#rules = rulesOf(config);
    this.#world = world;
    this.#reader = new NoticeReader(world.deviceIndex);
    this.#writer = new EntryWriter(world.answering, world.deviceIndex);
    this.#misses = new Misses(world);
    this.#announcements = new Announcements(world.inject, this.counters, world.summary, (ip) => {
      this.#watch?.notReplied(ip);
    });
  }

  get config(): ResolverConfig {
    return this.#config;
  }

  /** What the last sync found and did. */
  get report(): SyncReport {
    return this.#report;
  }

  /** Told of every miss from now on; nobody when undefined. */
  set watch(watch: MissWatch | undefined) {
    this.#watch = this.#misses.watch = watch;
  }

  get unknownAddresses(): number {
    return this.#misses.unknownAddresses;
  }

  /** Takes another configuration of the same devices; the next sync brings the kernel in step with it. */
  reconfigure(config: ResolverConfig): void {
    this.#config = config;
    this.#rules = rulesOf(config);
  }

  /** Compares the kernel with all records as they are in memory, and mends, unless the devices are others now. @throws NetlinkError */
  sync(cause: SyncCause): SyncReport {
    const { connection, stop } = this.#world;
    const loss = doubtful.has(cause) ? deviceLoss(connection, this.#served) : undefined;
    if (loss !== undefined) {
      stop(loss);
      return this.#report;
    }
    const { report, moved } = this.#compare(() => mendEntries(this.#target));
    const { fdb } = this.#world.store.records;
    this.#before = this.#config.learning ? fdb.copy() : undefined;
    return this.#settle(cause, report, moved);
  }

  /** Compares only what the changed records can have changed, and mends. @throws NetlinkError */
  syncChanged(cause: SyncCause, changed: ChangedRecords): SyncReport {
    const { report, moved } = this.#compare(() => mendChanged(this.#target, changed, this.#report));
    const { fdb } = this.#world.store.records;
    for (const mac of changed.fdb) {
      const vtep = fdb.get(mac);
      if (vtep === 0) this.#before?.delete(mac);
      else this.#before?.set(mac, vtep);
    }
    return this.#settle(cause, report, moved);
  }

  get #served(): readonly Served[] {
    const { deviceIndex, bridgeIndex } = this.#world;
    const { device, bridge } = this.#config;
    return [
      { name: device, index: deviceIndex },
      { name: bridge, index: bridgeIndex },
    ];
  }

  get #target(): MendTarget {
    const { connection, deviceIndex, store, pause } = this.#world;
    return { connection, deviceIndex, records: store.records, rules: this.#rules, before: this.#before, pause };
  }

  /** The records hold still until it is done: misses that are answered meanwhile are answered from memory alone. */
  #compare(mend: () => Mended): Mended {
    this.#misses.forgetUnknown();
    this.#misses.looksElsewhere = false;
    try {
      return mend();
    } finally {
      this.#misses.looksElsewhere = true;
    }
  }

  #settle(cause: SyncCause, report: SyncReport, moved: AddressTable): SyncReport {
    const { summary, wantSync } = this.#world;
    moved.forEach((ip, mac) => {
      this.#announcements.add(ip, mac);
    });
    this.#announcements.send();
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
  handle(message: MessagePlace): void {
    const reader = this.#reader;
    const { store, wantSync } = this.#world;
    const notice = reader.read(message);
    switch (notice) {
      case "l3":
      case "l2":
      case "ipv6":
        this.#misses.add(notice, reader.address);
        this.#watch?.seen(notice, reader.address, message);
        break;
      case "neighbour":
        if (isNeighbourDrift(store.records, this.#rules, reader.neighbour, reader.gone)) wantSync("drift");
        break;
      case "forwarding":
        if (isForwardingDrift(store.records, this.#rules, reader.forwarding, reader.gone)) wantSync("drift");
        break;
      case "link":
        if (reader.link) this.#handleLink(reader.link, reader.gone);
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
    if (this.#misses.empty) return;
    const actions = this.#actions;
    actions.clear();
    const answered = this.#misses.take(this.#rules, actions, this.counters);
    const failed = answered.length > 0 && this.#reply(actions);
    this.#watch?.settle(this.#world.store.records, failed);
    const seconds = (this.#world.now() - since) / 1000;
    for (const { layer, times, unexpected } of answered) {
      this.counters.countMiss(layer, failed ? "failed" : "answered", times);
      this.counters.latency.observe(seconds, times);
      if (unexpected) this.counters.unexpected += times;
    }
  }

  /** Writes entries, and tells the containers that wait. Answers whether any entry was refused. */
  #reply(actions: Actions): boolean {
    const failed = this.#write(actions);
    for (let index = 0; index < actions.length; index += 1) {
      if (actions.kindAt(index) !== Do.SetNeighbour) continue;
      this.#announcements.add(actions.keyAt(index), actions.valueAt(index));
    }
    this.#announcements.send();
    return failed;
  }

  /** Answers whether any failed. */
  #write(actions: Actions): boolean {
    const { summary, wantSync } = this.#world;
    try {
      const { failed, failures } = this.#writer.write(actions, !this.#rules.learning);
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

  #handleLink(link: LinkMessage, gone: boolean): void {
    const { deviceIndex, bridgeIndex, stop, wantSync } = this.#world;
    const { interfaceIndex: index, name } = link;
    if (index !== deviceIndex && index !== bridgeIndex) return;
    const expected = index === deviceIndex ? this.#config.device : this.#config.bridge;
    if (gone) {
      stop(`${expected} is gone`);
    } else if (name !== undefined && name !== expected) {
      stop(`${expected} was renamed to ${name}`);
    } else if (index === deviceIndex) {
      // Going down flushed what is not permanent (vxlan_stop, neigh_ifdown).
      const up = isUp(link);
      if (up && !this.#up) wantSync("link");
      this.#up = up;
    }
  }
}
