import type { MissAnswer, MissLayer } from "@overlaynet/core/resolver/index";

/**
 * Why the kernel's tables were compared with the records.
 * - `start`; `records`: one changed; `request`: somebody who wrote records asked; `reload`: SIGHUP
 * - `overlooked`: records came that no event told of, and unknown addresses are asked for faster than each may be looked for on disk
 * - `drift`: somebody else changed an entry; `link`: the device came up; `overrun`: notices were lost; `retry`: the last time failed; `interval`
 */
export type SyncCause =
  "start" | "records" | "overlooked" | "request" | "reload" | "drift" | "link" | "overrun" | "retry" | "interval";

/** `failed`: the kernel did not take the answer; `limited`: not in memory, and not looked for on disk, for too many like it were. */
export type MissOutcome = MissAnswer | "failed" | "limited";

/** What a resolver counts, since its start. Plain numbers: they are touched at every miss. */
export class Counters {
  /** By layer and outcome: `l3 answered`. */
  readonly misses = new Map<`${MissLayer} ${MissOutcome}`, number>();
  readonly syncs = new Map<SyncCause, number>();
  /** Misses for what is pushed ahead of need: somebody or something had taken the entries away. The drift alarm. */
  unexpected = 0;
  /** Entries that were found otherwise than the records want, while no record had changed. */
  repaired = 0;
  announced = 0;
  announceFailures = 0;
  writeFailures = 0;
  overruns = 0;
  malformed = 0;
  /** Notices that a program sent as if it were the kernel. */
  foreign = 0;
  readonly latency = new Histogram();

  countMiss(layer: MissLayer, outcome: MissOutcome, times = 1): void {
    const key = `${layer} ${outcome}` as const;
    this.misses.set(key, (this.misses.get(key) ?? 0) + times);
  }

  countSync(cause: SyncCause): void {
    this.syncs.set(cause, (this.syncs.get(cause) ?? 0) + 1);
  }
}

/** How long answers took, in seconds: counts below bounds that double from 25 µs. */
export class Histogram {
  readonly bounds = Array.from({ length: 14 }, (_, power) => 25e-6 * 2 ** power);
  /** One more than bounds: the last counts what exceeds all. */
  readonly counts = new Float64Array(this.bounds.length + 1);
  sum = 0;

  /** Notes `times` answers that each took `seconds`. */
  observe(seconds: number, times: number): void {
    let index = 0;
    while (seconds > (this.bounds[index] ?? Infinity)) index += 1;
    this.counts[index] = (this.counts[index] ?? 0) + times;
    this.sum += seconds * times;
  }
}
