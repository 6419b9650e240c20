import { findDevice, readEntries, requireVxlan, type SyncReport } from "../entries/index.js";
import { EventSocket, NetlinkError, PacketSocket, RouteSocket } from "../netlink/index.js";
import { readConfig } from "./config-file.js";
import type { SyncCause } from "./counters.js";
import { FollowedRecords } from "./followed-records.js";
import type { Listen } from "./miss-stream.js";
import { MissListeners } from "./miss-listeners.js";
import { Pace } from "./pace.js";
import { Rest } from "./rest.js";
import { Resolver } from "./resolver.js";
import { Schedule } from "./schedule.js";
import { recordCounts, type ResolverStatus, statusOf, type SyncAnswer } from "./status.js";
import { Summary } from "./summary.js";

/** A resolver cannot go on here. The message is a sentence; the service manager runs ensure and starts another. */
export class ResolverStopped extends Error {
  override readonly name = "ResolverStopped";
}

export interface DaemonOptions {
  readonly configPath: string;
  readonly log: (line: string) => void;
  /** Called at most once, when the resolver cannot go on. */
  readonly stopped: (error: ResolverStopped) => void;
  /** False leaves containers waiting for their own next request, to measure what answering them brings. */
  readonly announce: boolean;
}

/** Datagrams read before other events have their turn: a flood of misses must not keep the watchdog or a request waiting. */
const drainLimit = 256;
/** An `echo` is two events, and two records are often written one after the other. */
const recordDelay = 2;
/** While records keep changing, or notices being lost, comparing takes at most this share of the time: whoever writes in bulk asks for a sync. */
const comparingShare = 0.2;
const driftDelay = 100;
const retryDelay = 1000;
const interval = 30_000;
const summaryInterval = 60_000;

/** A resolver with its sockets, its watch and its timers. */
export class ResolverDaemon {
  readonly #options: DaemonOptions;
  readonly #packets: PacketSocket;
  readonly #connection = new RouteSocket();
  /** Misses are answered while the other reads a table. */
  readonly #answering = new RouteSocket();
  readonly #events = new EventSocket({
    ignored: [this.#connection.port, this.#answering.port],
    foreign: () => {
      this.#resolver.counters.foreign += 1;
      this.#summary.note("notices that the kernel did not send are ignored", "a program in the namespace sent them");
    },
  });
  readonly #started = performance.now();
  readonly #summary: Summary;
  readonly #records: FollowedRecords;
  readonly #schedule = new Schedule<SyncCause>((causes) => {
    this.#syncFor(causes);
  });
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #resolver: Resolver;
  readonly #listeners: MissListeners;
  readonly #comparing = new Rest(0);
  readonly #pace = new Pace(comparingShare);
  #stopped = false;

  /** Finds the devices, reads the records and brings the kernel in step. @throws ResolverStopped, or Error with a sentence */
  constructor(options: DaemonOptions) {
    this.#options = options;
    this.#summary = new Summary(options.log);
    const config = readConfig(options.configPath);
    const device = requireVxlan(this.#connection, config.device);
    const bridge = findDevice(this.#connection, config.bridge);
    if (bridge === undefined) throw new ResolverStopped(`the overlay's namespace has no device ${config.bridge}`);
    const packets = (this.#packets = new PacketSocket(bridge.index));
    this.#records = new FollowedRecords(config.storage, {
      changed: () => {
        this.#schedule.want("records", this.#delayOf("records"));
      },
      pause: this.#pause,
      log: options.log,
    });
    this.#resolver = new Resolver(config, {
      store: this.#records.store,
      connection: this.#connection,
      answering: this.#answering,
      deviceIndex: device.index,
      bridgeIndex: bridge.index,
      inject: (frames, count, refused) => {
        if (options.announce) packets.send(frames, count, refused);
      },
      now: () => performance.now(),
      summary: this.#summary,
      wantSync: (cause) => {
        this.#schedule.want(cause, this.#delayOf(cause));
      },
      pause: this.#pause,
      stop: this.stop.bind(this),
    });
    this.#listeners = new MissListeners(config.device, (watch) => {
      this.#resolver.watch = watch;
    });
    this.#records.open(() => readEntries(this.#connection, device.index));
    this.#compareAll("start");
  }

  /** Begins to answer. */
  run(): void {
    this.#events.listen(() => {
      this.#drain();
    });
    const summarize = this.#summary.flush.bind(this.#summary);
    this.#timers.push(setInterval(this.#tick.bind(this), interval), setInterval(summarize, summaryInterval));
  }

  close(): void {
    this.#stopped = true;
    this.#timers.forEach(clearInterval);
    this.#schedule.take();
    this.#records.close();
    this.#events.close();
    this.#packets.close();
    this.#connection.close();
    this.#answering.close();
  }

  /** Reports that the resolver cannot go on. */
  stop(why: string): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.stopped(new ResolverStopped(why));
  }

  /** Reads the configuration and all records anew and brings the kernel in step before it returns. @throws Error with a sentence */
  syncNow(cause: "request" | "reload"): SyncAnswer {
    const config = readConfig(this.#options.configPath);
    const now = this.#resolver.config;
    for (const key of ["overlay", "device", "bridge", "vni", "storage"] as const) {
      if (config[key] === now[key]) continue;
      const why = `the configuration's ${key} is ${config[key]} now and was ${now[key]}: a new start is needed`;
      this.stop(why);
      throw new ResolverStopped(why);
    }
    this.#resolver.reconfigure(config);
    this.#records.rescan();
    this.#records.tell();
    const waiting = this.#schedule.take();
    try {
      return { ...this.#compareAll(cause), records: recordCounts(this.#records.store) };
    } catch (error) {
      // Whatever waited for a comparison goes on waiting.
      for (const reason of [...waiting, "retry" as const]) this.#schedule.want(reason, retryDelay);
      throw error;
    }
  }

  /** See ControlHandlers. */
  readonly listen: Listen = (tell) => this.#listeners.add(tell);

  get counters(): Resolver["counters"] {
    return this.#resolver.counters;
  }

  get status(): ResolverStatus {
    return statusOf(this.#resolver, this.#records, (performance.now() - this.#started) / 1000);
  }

  #delayOf(cause: SyncCause): number {
    if (cause === "retry") return retryDelay;
    if (cause === "drift") return driftDelay;
    if (cause === "link") return 0;
    return Math.max(cause === "overrun" ? 0 : recordDelay, this.#pace.wait);
  }

  /** Between the parts of long work misses have their turn, and the kernel's notices of what was written do not fill its queue. */
  readonly #pause = (): void => {
    this.#drain();
  };

  #drain(): void {
    const since = performance.now();
    const drained = this.#events.drain(drainLimit, (message) => {
      this.#resolver.handle(message);
    });
    if (drained === "overrun") {
      this.#resolver.counters.overruns += 1;
      this.#summary.note("the kernel dropped notices", "everything is compared anew");
      this.#schedule.want("overrun", this.#delayOf("overrun"));
    }
    if (!this.#stopped) this.#resolver.answer(since);
  }

  #syncFor(causes: ReadonlySet<SyncCause>): void {
    this.#pace.turn(() => {
      if (causes.has("overlooked")) this.#records.rescan();
      else if (causes.has("records")) this.#records.refresh();
      this.#records.tell();
      this.#trySync(mainCause(causes));
    });
  }

  #trySync(cause: SyncCause): void {
    if (this.#stopped) return;
    try {
      const { added, changed, removed } = cause === "records" ? this.#compareChanged() : this.#compareAll(cause);
      if (added + changed + removed === 0) return;
      const kind = cause === "records" ? "entries follow records" : `entries mended (${cause})`;
      this.#summary.note(kind, `${added} added, ${changed} changed, ${removed} removed`);
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      this.#summary.note("the kernel's entries could not be compared", error.message);
      this.#schedule.want("retry", retryDelay);
    }
  }

  #compareAll(cause: SyncCause): SyncReport {
    // Compared whole, whatever changed.
    this.#records.store.takeChanged();
    return this.#comparing.after(() => this.#resolver.sync(cause));
  }

  /** What changed since the last time alone, unless that is too much to be asked for one by one. */
  #compareChanged(): SyncReport {
    const changed = this.#records.store.takeChanged();
    return changed ? this.#resolver.syncChanged("records", changed) : this.#compareAll("records");
  }

  #tick(): void {
    if (this.#records.check()) this.#trySync("records");
    this.#records.tell();
    if (this.#comparing.isOver) this.#trySync("interval");
  }
}

/** Several causes make one sync; it is counted by the one that says most. */
function mainCause(causes: ReadonlySet<SyncCause>): SyncCause {
  const order = ["overrun", "link", "drift", "retry", "overlooked", "records"] as const;
  return order.find((cause) => causes.has(cause)) ?? "interval";
}
