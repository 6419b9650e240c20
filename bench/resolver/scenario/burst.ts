import { quantile } from "../../statistics.js";
import type { Bench } from "../bench.js";
import type { Candidate } from "../candidates.js";
import { generate, type Outcome } from "../generate.js";
import { type Line, round, verdict } from "../line.js";

const records = 100_000;
const rounds = 5;
const warmUp = { first: 0, count: 1000, gap: 0.2 } as const;
const burst = 20_000;
/** A second's work for Python. */
const burstOfOriginal = 2000;

interface Burst extends Outcome {
  /** Of the daemon, in milliseconds. */
  readonly processorTime: number;
}

/** Distinct L3 misses as fast as the machine makes them. */
export async function bursts(bench: Bench): Promise<Line[]> {
  const { own, reference, original } = bench.programs;
  const found = new Map<Candidate, Burst[]>();
  for (let index = 0; index < rounds; index += 1) {
    for (const candidate of [own, reference, original]) {
      const count = candidate === original ? burstOfOriginal : burst;
      found.set(candidate, [...(found.get(candidate) ?? []), await measure(bench, candidate, count)]);
    }
  }
  const rate = (candidate: Candidate): number =>
    quantile(
      found.get(candidate)!.map(({ times, elapsed }) => (times.length / elapsed) * 1000),
      0.5,
    );
  const cost = (candidate: Candidate): number =>
    quantile(
      found.get(candidate)!.map(({ processorTime, sent }) => (processorTime / sent) * 1000),
      0.5,
    );
  const sum = (candidate: Candidate, of: (outcome: Burst) => number): string =>
    `${found.get(candidate)!.reduce((total, outcome) => total + of(outcome), 0)}`;
  const each = (what: string, of: (candidate: Candidate) => string): Line => ({
    what,
    own: of(own),
    reference: of(reference),
    original: of(original),
  });
  const limit = verdict(rate(own) / rate(reference), "× C", "≥", 0.8);
  const beginning = verdict(rate(own) / rate(original), "× the original", "≥", 80);
  return [
    {
      ...each(
        `burst of ${burst} L3 misses (original ${burstOfOriginal}), answered per second, median of ${rounds}`,
        (candidate) => round(rate(candidate)),
      ),
      verdict: `${limit}; ${beginning}`,
    },
    {
      ...each(`of ${rounds} bursts: not answered`, (candidate) =>
        sum(candidate, ({ sent, times }) => sent - times.length),
      ),
      verdict: "goal 0",
    },
    each("notices of misses that the kernel gave", (candidate) => sum(candidate, ({ misses }) => misses)),
    each("ARP replies that reached the container", (candidate) => sum(candidate, ({ replies }) => replies)),
    each("processor time of a miss in a burst", (candidate) => `${round(cost(candidate))} µs`),
  ];
}

function measure(bench: Bench, candidate: Candidate, count: number): Promise<Burst> {
  return bench.inField(records, "miss", (field) =>
    bench.withDaemon(candidate, field, async (daemon) => {
      const { generator } = bench.programs;
      await generate(generator, field, { kind: "arp", ...warmUp });
      const before = daemon.processorTime;
      const outcome = await generate(generator, field, { kind: "arp", first: warmUp.count, count, gap: 0 });
      return { ...outcome, processorTime: daemon.processorTime - before };
    }),
  );
}
