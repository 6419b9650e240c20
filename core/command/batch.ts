import type { Step } from "../plan/step.js";
import { type BatchLine, type Placed, Turn } from "./line.js";
import { linesOf } from "./lines.js";

/** The lines of one process. */
export interface Batch {
  readonly tool: "ip" | "bridge";
  /** The namespace that it runs in, for a batch cannot change it; `undefined` is the root namespace. */
  readonly namespace?: string;
  readonly lines: readonly BatchLine[];
}

/**
 * The commands of a plan's steps, in safe order and in the fewest processes: for a new overlay one in the root namespace, one in the overlay's, one for the bridge's entries,
 * and one for each container.
 */
export function commandsOf(steps: readonly Step[]): Batch[] {
  const lines = steps.flatMap(linesOf);
  // What is built in a namespace and what is connected there need not be two processes: only containers have to wait for the bridge's entries.
  const built = new Set(lines.filter(({ turn }) => turn === Turn.Build).map(({ namespace }) => namespace));
  const placed = lines.map((line) =>
    line.turn === Turn.Connect && built.has(line.namespace) ? { ...line, turn: Turn.Build } : line,
  );
  const groups = new Map<string, Placed[]>();
  for (const line of placed.sort((one, other) => one.turn - other.turn)) {
    const key = `${line.turn} ${line.tool} ${line.namespace ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map(batchOf);
}

/** How to run a batch: a line's failure does not stop the others, `readOutcome` tells which failed. */
export function argvOf(batch: Batch): string[] {
  return [batch.tool, ...(batch.namespace === undefined ? [] : ["-n", batch.namespace]), "-force", "-batch", "-"];
}

/** What the process reads. */
export function stdinOf(batch: Batch): string {
  return batch.lines.map(({ text }) => `${text}\n`).join("");
}

function batchOf(placed: readonly Placed[]): Batch {
  const [first] = placed;
  const lines = placed.map(({ text, step }) => ({ text, step }));
  const tool = first?.tool ?? "ip";
  return first?.namespace === undefined ? { tool, lines } : { tool, namespace: first.namespace, lines };
}
