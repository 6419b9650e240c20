import { lookLines, lookOptions } from "../observe/command.js";
import { nft } from "../observe/table.js";
import type { Step } from "../plan/step.js";
import { type BatchLine, type Placed, type Tool, Turn } from "./line.js";
import { linesOf } from "./lines.js";

/** The lines of one process. */
export interface Batch {
  readonly tool: Tool;
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
    const key = `${line.turn} ${placeOf(line)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  const batches: Batch[] = [];
  for (const [first, ...rest] of groups.values()) {
    if (first === undefined) continue;
    const { tool, namespace } = first;
    const lines = [first, ...rest].map(({ text, step }) => ({ text, step }));
    const last = batches.at(-1);
    if (last !== undefined && placeOf(last) === placeOf(first))
      batches.splice(-1, 1, { ...last, lines: [...last.lines, ...lines] });
    else batches.push(namespace === undefined ? { tool, lines } : { tool, namespace, lines });
  }
  return batches;
}

/**
 * How to run a batch: a line's failure does not stop the others, but with nft; `readOutcome` tells which failed. With `look` it shows its namespace at its
 * end, for `parseNamespace`; nft shows nothing.
 */
export function argvOf({ tool, namespace }: Batch, look = false): string[] {
  if (tool === "nft") return nft(namespace, "-f", "-");
  const inside = namespace === undefined ? [] : ["-n", namespace];
  return [tool, ...inside, ...(look ? lookOptions[tool] : []), "-force", "-batch", "-"];
}

/** What the process reads. */
export function stdinOf({ tool, lines }: Batch, look = false): string {
  return [...lines.map(({ text }) => text), ...(look && tool !== "nft" ? lookLines[tool] : [])]
    .map((text) => `${text}\n`)
    .join("");
}

function placeOf({ tool, namespace = "" }: Pick<Batch, "tool"> & { readonly namespace?: string | undefined }): string {
  return `${tool} ${namespace}`;
}
