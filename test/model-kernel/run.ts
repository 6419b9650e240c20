import {
  type Batch,
  blocked,
  commandsOf,
  type Conflict,
  type KernelObject,
  namespacesOf,
  type Plan,
  plan,
  type PlanInput,
  readOutcome,
  type Step,
  tablesOf,
} from "@overlaynet/core";
import type { ModelKernel } from "./kernel.js";

export interface Applied {
  readonly steps: readonly Step[];
  readonly conflicts: readonly Conflict[];
  /** Lines that the kernel refused, with its words. */
  readonly failures: readonly string[];
}

/** Observes all that there is, and plans. */
export function planOn(
  kernel: ModelKernel,
  overlay: string,
  desired: readonly KernelObject[],
  options: Partial<Pick<PlanInput, "previous" | "adopt">> = {},
): Plan {
  const previous = options.previous ?? desired;
  const observation = kernel.observe(namespacesOf([...desired, ...previous]));
  const tables = kernel.tables(tablesOf(overlay, [...desired, ...previous]));
  return plan({ overlay, desired, observation, tables, ...options, previous });
}

/** Observes, plans and runs once, as an agent does. */
export function apply(
  kernel: ModelKernel,
  overlay: string,
  desired: readonly KernelObject[],
  options: Partial<Pick<PlanInput, "previous" | "adopt">> = {},
): Applied {
  const { steps, conflicts } = planOn(kernel, overlay, desired, options);
  return { steps, conflicts, failures: runSteps(kernel, steps) };
}

/** Runs steps; those that need what failed are left out, the others are not. */
export function runSteps(kernel: ModelKernel, steps: readonly Step[]): string[] {
  const failed = new Set<Step>();
  const failures: string[] = [];
  for (const batch of commandsOf(steps)) {
    let lines = batch.lines;
    while (lines.length > 0) {
      const out = new Set([...failed, ...blocked(steps, failed)]);
      const rest: Batch = { ...batch, lines: lines.filter(({ step }) => !out.has(step)) };
      if (rest.lines.length === 0) break;
      const { stderr, exitCode } = kernel.run(rest);
      const outcome = readOutcome(rest, stderr, exitCode);
      for (const { line, message } of outcome.failures) {
        failed.add(line.step);
        failures.push(`${line.text}: ${message}`);
      }
      lines = outcome.unrun;
    }
  }
  return failures;
}

/** Runs the first lines of a plan only, as if the agent and its `ip` had been killed then. */
export function interrupt(kernel: ModelKernel, steps: readonly Step[], lines: number): void {
  let left = lines;
  for (const batch of commandsOf(steps)) {
    if (left <= 0) return;
    kernel.run(batch, left);
    left -= batch.lines.length;
  }
}
