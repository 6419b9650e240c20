import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Counters, Histogram as Latency } from "./counters.js";
import type { ResolverStatus } from "./status.js";

/** Renders a resolver's counts in the Prometheus text format. Counts are copied when somebody looks: nothing here is touched by a miss. */
export class Exposition {
  readonly #registry = new Registry();

  constructor(counters: Counters, status: () => ResolverStatus) {
    const registers = [this.#registry];
    const prefix = "overlaynet_resolver_";
    const counter = (name: string, help: string, value: () => number): void => {
      new Counter({
        name: prefix + name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    };
    const gauge = (name: string, help: string, labels: readonly string[], set: (gauge: Gauge) => void): void => {
      new Gauge({
        name: prefix + name,
        help,
        labelNames: labels,
        registers,
        collect() {
          set(this);
        },
      });
    };
    this.#registry.setDefaultLabels({ overlay: status().config.overlay });
    new Counter({
      name: `${prefix}misses_total`,
      help: "Misses by layer and what became of them",
      labelNames: ["layer", "outcome"],
      registers,
      collect() {
        this.reset();
        for (const [key, count] of counters.misses) {
          const [layer = "", outcome = ""] = key.split(" ");
          this.inc({ layer, outcome }, count);
        }
      },
    });
    new Counter({
      name: `${prefix}syncs_total`,
      help: "Comparisons of the kernel with the records, by cause",
      labelNames: ["cause"],
      registers,
      collect() {
        this.reset();
        for (const [cause, count] of counters.syncs) this.inc({ cause }, count);
      },
    });
    counter("unexpected_misses_total", "Misses for what is pushed ahead of need", () => counters.unexpected);
    counter("repaired_total", "Entries mended while no record had changed", () => counters.repaired);
    counter("announced_total", "ARP replies injected on the bridge", () => counters.announced);
    counter("announce_failures_total", "ARP replies that could not be injected", () => counters.announceFailures);
    counter("write_failures_total", "Entries that the kernel refused", () => counters.writeFailures);
    counter("overruns_total", "Times the kernel dropped notices", () => counters.overruns);
    counter("malformed_total", "Messages of the kernel that were not understood", () => counters.malformed);
    counter("foreign_total", "Notices that the kernel did not send, ignored", () => counters.foreign);
    gauge("records", "Records read, by table", ["table"], (metric) => {
      metric.set({ table: "arp" }, status().records.arp);
      metric.set({ table: "fdb" }, status().records.fdb);
    });
    gauge("entries", "Entries that the kernel holds and records ask for, by table", ["table"], (metric) => {
      metric.set({ table: "neighbour" }, status().sync.neighbours);
      metric.set({ table: "forwarding" }, status().sync.forwarding);
    });
    gauge("complaints", "Record files and folders that cannot be read", [], (metric) => {
      metric.set(status().complaints.length);
    });
    gauge("unknown_addresses", "Addresses in the negative cache", [], (metric) => {
      metric.set(status().unknownAddresses);
    });
    this.#registry.registerMetric(new LatencyMetric(`${prefix}answer_seconds`, counters.latency));
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  render(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** A histogram whose counts are kept elsewhere. The registry asks every histogram by this method, which the library's types leave out. */
class LatencyMetric extends Histogram {
  readonly #name: string;
  readonly #latency: Latency;

  constructor(name: string, latency: Latency) {
    super({ name, help, registers: [] });
    this.#name = name;
    this.#latency = latency;
  }

  getForPromString(): Promise<unknown> {
    const { bounds, counts, sum } = this.#latency;
    let count = 0;
    const values = Array.from(counts, (times, index) => {
      count += times;
      return { metricName: `${this.#name}_bucket`, labels: { le: bounds[index] ?? "+Inf" }, value: count };
    });
    const totals = [
      { metricName: `${this.#name}_sum`, labels: {}, value: sum },
      { metricName: `${this.#name}_count`, labels: {}, value: count },
    ];
    return Promise.resolve({
      name: this.#name,
      help,
      type: "histogram",
      aggregator: "sum",
      values: [...values, ...totals],
    });
  }
}

const help = "From the notice of a miss to the kernel's holding the answer";
