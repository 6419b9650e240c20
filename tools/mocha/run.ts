import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Counts, ROOT, runMocha, sum } from "./mocha.js";

/** Environment variable: the folder that keeps files of counts, one a run, for a caller that adds them up. */
const RESULTS_FOLDER = "OVERLAYNET_RESULTS";

/** How many suites of `KIND*` run at the same time: they wait for hosts more than they compute. */
const SIDE_BY_SIDE = 2;

interface Kind {
  readonly name: string;
  /** May have no tests. */
  readonly optional: boolean;
  /** Each file is a suite with hosts of its own, and runs in a process of its own, beside others. */
  readonly suites: boolean;
}

/**
 * `node run.js KIND... [-- OPTION...]`: runs the tests of each test/KIND with mocha, one kind after the other, whatever the one before
 * did. A kind with a `?` after its name may have no tests, any other without tests is an error; one with a `*` runs its files
 * side by side. Options are mocha's: `--grep PATTERN`.
 */
async function main(argv: readonly string[]): Promise<void> {
  const end = argv.indexOf("--");
  const kinds = end === -1 ? argv : argv.slice(0, end);
  const options = end === -1 ? [] : argv.slice(end + 1);
  const kept = process.env[RESULTS_FOLDER];
  const results = kept ?? (await mkdtemp(join(tmpdir(), "overlaynet-results-")));
  try {
    for (const kind of kinds.map(parseKind)) await runKind(kind, results, options);
  } finally {
    if (kept === undefined) await rm(results, { recursive: true });
  }
}

function parseKind(word: string): Kind {
  return { name: word.replace(/[?*]+$/, ""), optional: /\?/.test(word), suites: /\*/.test(word) };
}

async function runKind({ name, optional, suites }: Kind, results: string, options: readonly string[]): Promise<void> {
  const files = testFiles(name);
  if (files.length === 0 && optional) return;
  if (files.length === 0) {
    console.error(`test/${name} has no *.test.ts`);
    await writeFile(join(results, name), "0 1 0\n");
    process.exitCode = 1;
    return;
  }
  const start = Date.now();
  const [passed, failed, skipped] = suites
    ? sum(await runSuites(name, files, results, options))
    : await runMocha(files.map(compiled(name)), { result: join(results, name), live: true, options });
  console.error(`test/${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds(start)} s)`);
  if (failed > 0) process.exitCode = 1;
}

async function runSuites(
  kind: string,
  files: readonly string[],
  results: string,
  options: readonly string[],
): Promise<Counts[]> {
  const waiting = [...files];
  const all: Counts[] = [];
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const start = Date.now();
      const suite = `${kind}/${file.replace(/\.test\.ts$/, "")}`;
      const result = join(results, suite.replaceAll("/", "-"));
      const counts = await runMocha([compiled(kind)(file)], { result, live: false, options });
      console.error(`test/${suite}: ${counts[0]} passed, ${counts[1]} failed (${seconds(start)} s)\n`);
      all.push(counts);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return all;
}

function seconds(start: number): string {
  return ((Date.now() - start) / 1000).toFixed(1);
}

/** The test files of a kind, by the sources: what an older build left in dist is not run. */
function testFiles(kind: string): string[] {
  const folder = join(ROOT, "test", kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .sort();
}

function compiled(kind: string): (file: string) => string {
  return (file) => join(ROOT, "test", "dist", kind, file.replace(/\.ts$/, ".js"));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
