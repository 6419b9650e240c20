import { quantile } from "../../statistics.js";
import type { Bench } from "../bench.js";
import type { Candidate } from "../candidates.js";
import { generate } from "../generate.js";
import { type Line, microseconds, verdict } from "../line.js";

const records = 100_000;
const rounds = 4;
const count = 500;
const gap = 2;
/** Answered before it counts: Node compiles what it does often. What these cost is told apart. */
const warmUp = { first: 0, count: 1000, gap: 1 } as const;

interface Times {
  readonly cold: number[];
  readonly l3: number[];
  readonly l2: number[];
  lost: number;
}

/** Misses one at a time, two milliseconds apart: how long until the entries stand. */
export async function latency(bench: Bench): Promise<Line[]> {
  const { own, reference, floor, original } = bench.programs;
  const found = new Map<Candidate, Times>();
  for (let round = 0; round < rounds; round += 1) {
    for (const candidate of [own, reference, floor, original]) {
      const times = found.get(candidate) ?? { cold: [], l3: [], l2: [], lost: 0 };
      found.set(candidate, times);
      await measure(bench, candidate, times);
    }
  }
  const of = (candidate: Candidate): Times => found.get(candidate)!;
  const line = (what: string, kind: "cold" | "l3" | "l2", share: number, goal?: number): Line => {
    const [ours, limit, first] = [own, reference, original].map((candidate) => quantile(of(candidate)[kind], share));
    return {
      what,
      own: microseconds(ours!),
      reference: microseconds(limit!),
      original: microseconds(first!),
      verdict: goal === undefined ? `${(ours! / limit!).toFixed(2)} × C` : verdict(ours! / limit!, "× C", "≤", goal),
    };
  };
  const bare = (share: number): Line => {
    const [least, limit] = [floor, reference].map((candidate) => quantile(of(candidate).l3, share));
    return {
      what: `the same by Node with nothing around it (bench/resolver/floor.ts), p${share * 100}`,
      own: microseconds(least!),
      reference: microseconds(limit!),
      verdict: `the floor: ${(least! / limit!).toFixed(2)} × C`,
    };
  };
  const [lost, referenceLost, originalLost] = [own, reference, original].map((candidate) => `${of(candidate).lost}`);
  return [
    line("L3 miss → both entries, p50", "l3", 0.5, 1.3),
    line("L3 miss → both entries, p99", "l3", 0.99, 2),
    bare(0.5),
    bare(0.99),
    line("L2 miss → its entry, p50", "l2", 0.5, 1.3),
    line("L2 miss → its entry, p99", "l2", 0.99, 2),
    line("the first 100 L3 misses after a start, p50", "cold", 0.5),
    line("the first 100 L3 misses after a start, p99", "cold", 0.99),
    {
      what: `not answered, of ${rounds * (warmUp.count + 2 * count)}`,
      own: lost!,
      reference: referenceLost!,
      original: originalLost!,
    },
  ];
}

async function measure(bench: Bench, candidate: Candidate, times: Times): Promise<void> {
  await bench.inField(records, "miss", (field) =>
    bench.withDaemon(candidate, field, async () => {
      const { generator } = bench.programs;
      const warm = await generate(generator, field, { kind: "arp", ...warmUp });
      const l3 = await generate(generator, field, { kind: "arp", first: warmUp.count, count, gap });
      times.cold.push(...warm.times.slice(0, 100));
      times.l3.push(...l3.times);
      const found = [warm, l3];
      if (candidate !== bench.programs.floor) {
        const l2 = await generate(generator, field, { kind: "frame", first: warmUp.count + count, count, gap });
        times.l2.push(...l2.times);
        found.push(l2);
      }
      for (const { sent, times: answered } of found) times.lost += sent - answered.length;
    }),
  );
}
