import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { keepFailure, RESULT_FILE } from "./reporter.js";

export const ROOT = join(__dirname, "..", "..", "..");

/** Milliseconds for one mocha: more than any needs, so that one that hangs fails and the others have their turn. */
const LIMIT = 40 * 60_000;

/** How many tests passed, failed and were skipped. */
export type Counts = readonly [passed: number, failed: number, skipped: number];

export interface MochaRun {
  /** Where the counts go. */
  readonly result: string;
  /** Shows what mocha prints as it comes; else it is kept, and shown whole at the end. */
  readonly live: boolean;
  /** More of mocha's own options. */
  readonly options: readonly string[];
}

/** Runs the tests of some files in one mocha. What ends without having counted a failure (it died, or could not load a file) counts as one. */
export async function runMocha(files: readonly string[], { result, live, options }: MochaRun): Promise<Counts> {
  const mocha = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
  const ours = ["--forbid-only", "--fail-zero", "--reporter", join(__dirname, "reporter.js")];
  const { exitCode, all, timedOut } = await execa(process.execPath, [mocha, ...ours, ...options, ...files], {
    cwd: ROOT,
    env: { [RESULT_FILE]: result },
    reject: false,
    stdin: "ignore",
    timeout: LIMIT,
    ...(live ? ({ stdout: "inherit", stderr: "inherit" } as const) : ({ all: true } as const)),
  });
  if (!live) process.stdout.write(`${String(all)}\n`);
  if (timedOut) console.error(`${files.join(" ")}: ended after ${LIMIT / 60_000} minutes`);
  const counts = read(result);
  const [passed, failed, skipped] = counts ?? [0, 0, 0];
  const told = failed > 0 || exitCode === 0 ? failed : 1;
  if (counts === undefined || told !== failed) writeFileSync(result, `${[passed, told, skipped].join(" ")}\n`);
  if (told !== failed)
    keepFailure(result, `failed: ${files.join(" ")}: mocha ended with ${String(exitCode)} and counted no failure`);
  return [passed, told, skipped];
}

function read(result: string): Counts | undefined {
  if (!existsSync(result)) return undefined;
  const [passed = 0, failed = 0, skipped = 0] = readFileSync(result, "utf8").trim().split(" ").map(Number);
  return [passed, failed, skipped];
}

export function sum(counts: readonly Counts[]): Counts {
  return counts.reduce((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]], [0, 0, 0]);
}
