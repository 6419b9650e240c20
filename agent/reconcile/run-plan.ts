import {
  argvOf,
  blocked,
  type Batch,
  commandsOf,
  type Look,
  needs,
  parseNamespace,
  readOutcome,
  stdinOf,
  type Step,
  UnreadableOutput,
} from "@overlaynet/core";
import { inParallel } from "./parallel.js";
import type { Runner } from "./runner.js";

/** What became of a plan's steps. */
export interface Ran {
  /** Steps that were begun, those that failed among them. */
  readonly begun: number;
  /** Why a step failed, or could not be begun because one that it needs had failed. */
  readonly failures: ReadonlyMap<Step, string>;
  /** What namespaces held after the last work in them, as far as the processes that did it could show it. */
  readonly seen: ReadonlyMap<string, Look>;
}

/** Which namespaces are of interest after the work. */
export interface Interest {
  readonly namespaces: ReadonlySet<string>;
  /** Those of them whose bridge's static entries are, too. */
  readonly withPorts: ReadonlySet<string>;
}

const noInterest: Interest = { namespaces: new Set(), withPorts: new Set() };

/**
 * Runs the steps, one process per tool and namespace; processes that do not need each other's work run side by side, so a container costs its share of a
 * second core, too. A step that fails takes those with it that need it and no others: one container's trouble is not another's. A namespace of interest is shown by the last process
 * that works in it: a process costs more than all that a container's needs to do.
 */
export async function runSteps(runner: Runner, steps: readonly Step[], interest = noInterest): Promise<Ran> {
  const progress: Progress = { steps, begun: new Set(), failed: new Map() };
  const batches = commandsOf(steps);
  const looks = looksAmong(batches, interest);
  const shown = new Map<Batch, string>();
  for (const group of independentGroups(batches)) {
    await inParallel(group, async (batch) => {
      const stdout = await runBatch(runner, batch, progress, looks.has(batch));
      if (stdout !== undefined) shown.set(batch, stdout);
    });
  }
  const { failed } = progress;
  const failures = new Map(failed);
  const [first] = failed.values();
  for (const step of blocked(steps, failed.keys())) {
    failures.set(step, `something it needs could not be made: ${first ?? "unknown"}`);
  }
  return { begun: progress.begun.size, failures, seen: seenIn(shown, interest) };
}

interface Progress {
  readonly steps: readonly Step[];
  readonly begun: Set<Step>;
  readonly failed: Map<Step, string>;
}

/** The last batch of each tool in a namespace of interest. */
function looksAmong(batches: readonly Batch[], { namespaces, withPorts }: Interest): ReadonlySet<Batch> {
  const last = new Map<string, Batch>();
  for (const batch of batches) {
    const { tool, namespace } = batch;
    if (namespace === undefined || tool === "nft") continue;
    if ((tool === "ip" ? namespaces : withPorts).has(namespace)) last.set(`${tool} ${namespace}`, batch);
  }
  return new Set(last.values());
}

/** Reads what was shown; a namespace that was not shown whole is left out. */
function seenIn(shown: ReadonlyMap<Batch, string>, { withPorts }: Interest): Map<string, Look> {
  const texts = new Map([...shown].map(([{ tool, namespace = "" }, text]) => [`${tool} ${namespace}`, text]));
  const seen = new Map<string, Look>();
  for (const { tool, namespace } of shown.keys()) {
    if (tool !== "ip" || namespace === undefined) continue;
    const ports = texts.get(`bridge ${namespace}`);
    if (withPorts.has(namespace) && ports === undefined) continue;
    try {
      seen.set(namespace, parseNamespace(texts.get(`ip ${namespace}`) ?? "", ports));
    } catch (error) {
      // A process that stopped at a line has shown less; who needs to know looks again.
      if (!(error instanceof UnreadableOutput)) throw error;
    }
  }
  return seen;
}

/** Answers what the last process wrote; undefined when none was started. */
async function runBatch(runner: Runner, whole: Batch, progress: Progress, look: boolean): Promise<string | undefined> {
  const { begun, failed } = progress;
  let batch = without(whole, progress);
  let stdout: string | undefined;
  while (batch.lines.length > 0) {
    const ran = await runner.attempt(argvOf(batch, look), stdinOf(batch, look));
    stdout = look ? ran.stdout : undefined;
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
      return undefined;
    }
    batch = without({ ...batch, lines: outcome.unrun }, progress);
  }
  return stdout;
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
