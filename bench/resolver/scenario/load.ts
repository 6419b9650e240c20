import { setTimeout as pause } from "node:timers/promises";
import { run } from "@overlaynet/test/hosts/command";
import { quantile } from "../../statistics.js";
import type { Bench } from "../bench.js";
import type { Daemon } from "../daemon.js";
import { type Line, round, verdict } from "../line.js";

const small = 10_000;
const large = 100_000;
const rounds = 3;
/** Milliseconds after readiness when memory is looked at: a start's garbage has had its chance to go. */
const settle = 2000;

interface Start {
  readonly ready: number;
  readonly resident: number;
}

/** Starts with `resolve: "push"`: how long until the kernel holds every record, and how much memory that leaves. */
export async function load(bench: Bench): Promise<Line[]> {
  const { reference } = bench.programs;
  const [tens] = await starts(bench, small);
  const found: { first: Start; again: Start; limit: Start; batches: number }[] = [];
  for (let index = 0; index < rounds; index += 1) {
    const [first, again] = await starts(bench, large);
    const limit = await bench.inField(large, "push", (field) => bench.withDaemon(reference, field, settled));
    found.push({ first, again, limit, batches: await batches(bench) });
  }
  const middle = (of: (round: (typeof found)[number]) => number): number => quantile(found.map(of), 0.5);
  const limit = middle((each) => each.limit.ready);
  const byBatches = middle((each) => each.batches);
  const first = middle((each) => each.first.ready);
  const again = middle((each) => each.again.ready);
  const resident = quantile(
    found.flatMap((each) => [each.first.resident, each.again.resident]),
    1,
  );
  return [
    {
      what: `start to ready, ${large} records, none in the kernel: all of them read and written`,
      own: seconds(first),
      reference: seconds(limit),
      verdict: verdict(first / byBatches, `× ip -batch and bridge -batch (${seconds(byBatches)})`, "≤", 1),
    },
    {
      what: `start to ready, ${large} records, all in the kernel: a restart`,
      own: seconds(again),
      verdict: verdict(again / 1000, "s", "≤", 2),
    },
    memory(`resident memory, ${small} records`, tens.resident, 60),
    {
      ...memory(`resident memory, ${large} records, the most of all starts`, resident, 90),
      reference: megabytes(middle((each) => each.limit.resident)),
    },
  ];
}

/** Into an empty kernel, and again beside the entries that the first one left. */
function starts(bench: Bench, count: number): Promise<[Start, Start]> {
  return bench.inField(count, "push", async (field) => [
    await bench.withDaemon(bench.programs.own, field, settled),
    await bench.withDaemon(bench.programs.own, field, settled),
  ]);
}

async function settled(daemon: Daemon): Promise<Start> {
  await pause(settle);
  return { ready: daemon.readyAfter, resident: daemon.resident };
}

/** Milliseconds for the same entries by iproute2. */
function batches(bench: Bench): Promise<number> {
  return bench.inField(large, "push", async ({ site, records: { neighbours, forwarding } }) => {
    const began = performance.now();
    await run(["ip", "-n", site.overlay, "-batch", neighbours]);
    await run(["bridge", "-n", site.overlay, "-batch", forwarding]);
    return performance.now() - began;
  });
}

function memory(what: string, value: number, goal: number): Line {
  return { what, own: megabytes(value), verdict: verdict(value, "MB", "≤", goal) };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

function megabytes(value: number): string {
  return `${round(value)} MB`;
}
