import { argvOf, blocked, type Batch, commandsOf, readOutcome, stdinOf, type Step } from "@overlaynet/core";
import type { Runner } from "./runner.js";

/** What became of a plan's steps. */
export interface Ran {
  /** Steps that were begun, those that failed among them. */
  readonly begun: number;
  /** Why a step failed, or could not be begun because one that it needs had failed. */
  readonly failures: ReadonlyMap<Step, string>;
}

/**
 * Runs the steps, one process per tool and namespace. A step that fails takes those with it that need it and no others, so one container's trouble is not another's.
 */
export async function runSteps(runner: Runner, steps: readonly Step[]): Promise<Ran> {
  const failed = new Map<Step, string>();
  const begun = new Set<Step>();
  for (const whole of commandsOf(steps)) {
    let batch = without(whole, steps, failed);
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
        break;
      }
      batch = without({ ...batch, lines: outcome.unrun }, steps, failed);
    }
  }
  const failures = new Map(failed);
  const [first] = failed.values();
  for (const step of blocked(steps, failed.keys())) {
    failures.set(step, `something it needs could not be made: ${first ?? "unknown"}`);
  }
  return { begun: begun.size, failures };
}

function without(batch: Batch, steps: readonly Step[], failed: ReadonlyMap<Step, string>): Batch {
  if (failed.size === 0) return batch;
  const stopped = blocked(steps, failed.keys());
  return { ...batch, lines: batch.lines.filter(({ step }) => !failed.has(step) && !stopped.has(step)) };
}
