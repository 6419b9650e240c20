import { argvOf, blocked, type Batch, commandsOf, needs, readOutcome, stdinOf, type Step } from "@overlaynet/core";
import { inParallel } from "./parallel.js";
import type { Runner } from "./runner.js";

/** What became of a plan's steps. */
export interface Ran {
  /** Steps that were begun, those that failed among them. */
  readonly begun: number;
  /** Why a step failed, or could not be begun because one that it needs had failed. */
  readonly failures: ReadonlyMap<Step, string>;
}

/**
 * Runs the steps, one process per tool and namespace; processes that do not need each other's work run side by side, so a container costs its share of a
 * second core, too. A step that fails takes those with it that need it and no others: one container's trouble is not another's.
 */
export async function runSteps(runner: Runner, steps: readonly Step[]): Promise<Ran> {
  const progress: Progress = { steps, begun: new Set(), failed: new Map() };
  for (const group of independentGroups(commandsOf(steps))) {
    await inParallel(group, (batch) => runBatch(runner, batch, progress));
  }
  const { failed } = progress;
  const failures = new Map(failed);
  const [first] = failed.values();
  for (const step of blocked(steps, failed.keys())) {
    failures.set(step, `something it needs could not be made: ${first ?? "unknown"}`);
  }
  return { begun: progress.begun.size, failures };
}

interface Progress {
  readonly steps: readonly Step[];
  readonly begun: Set<Step>;
  readonly failed: Map<Step, string>;
}

async function runBatch(runner: Runner, whole: Batch, progress: Progress): Promise<void> {
  const { begun, failed } = progress;
  let batch = without(whole, progress);
  while (batch.lines.length > 0) {
    const ran = await runner.attempt(argvOf(batch), stdinOf(batch));
    const outcome = readOutcome(batch, ran.stderr, ran.exitCode);
    const unrun = new Set(outcome.unrun);
    for (const line of batch.lines) if (!unrun.has(line)) begun.add(line.step);
    for (const { line, message } of outcome.failures) {
      if (!failed.has(line.step)) failed.set(line.step, message);
    }
    // A tool that stopped without a complaint about any line would otherwise be started for ever.
    if (outcome.unrun.length === batch.lines.length) {
      const message = ran.stderr.trim() || `${argvOf(batch).join(" ")} ended with status ${ran.exitCode}`;
      for (const { step } of batch.lines) failed.set(step, message);
      return;
    }
    batch = without({ ...batch, lines: outcome.unrun }, progress);
  }
}

/** Neighbouring batches of which none has, or needs, a step of another. */
function independentGroups(batches: readonly Batch[]): Batch[][] {
  const groups: Batch[][] = [];
  for (const batch of batches) {
    const group = groups.at(-1);
    if (group?.every((other) => areIndependent(batch, other)) === true) group.push(batch);
    else groups.push([batch]);
  }
  return groups;
}

function areIndependent(one: Batch, other: Batch): boolean {
  const others = new Set(other.lines.map(({ step }) => step));
  const steps = new Set(one.lines.map(({ step }) => step));
  for (const step of steps) {
    for (const another of others) if (step === another || needs(step, another) || needs(another, step)) return false;
  }
  return true;
}

function without(batch: Batch, { steps, failed }: Progress): Batch {
  if (failed.size === 0) return batch;
  const stopped = blocked(steps, failed.keys());
  return { ...batch, lines: batch.lines.filter(({ step }) => !failed.has(step) && !stopped.has(step)) };
}
