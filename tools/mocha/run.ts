import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { RESULT_FILE } from "./reporter.js";

const ROOT = join(__dirname, "..", "..", "..");

/** Environment variable: the folder that keeps one file of counts for each run, for a caller that adds them up. */
const RESULTS_FOLDER = "OVERLAYNET_RESULTS";

/**
 * `node run.js KIND...`: runs the tests of each test/KIND with mocha, one kind after the other, whatever the one before
 * did. A kind with a `?` after its name may have no tests; any other without tests is an error.
 */
async function main(kinds: readonly string[]): Promise<void> {
  const kept = process.env[RESULTS_FOLDER];
  const results = kept ?? (await mkdtemp(join(tmpdir(), "overlaynet-results-")));
  try {
    for (const kind of kinds) await runKind(kind.replace(/\?$/, ""), kind.endsWith("?"), results);
  } finally {
    if (kept === undefined) await rm(results, { recursive: true });
  }
}

async function runKind(kind: string, optional: boolean, results: string): Promise<void> {
  const files = compiledTests(kind);
  const result = join(results, kind);
  if (files.length === 0 && optional) return;
  if (files.length === 0) {
    console.error(`test/${kind} has no *.test.ts`);
    await writeFile(result, "0 1 0\n");
    process.exitCode = 1;
    return;
  }
  const start = Date.now();
  const mocha = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
  const options = ["--forbid-only", "--fail-zero", "--reporter", join(__dirname, "reporter.js")];
  const { exitCode } = await execa(process.execPath, [mocha, ...options, ...files], {
    cwd: ROOT,
    env: { [RESULT_FILE]: result },
    reject: false,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  const [passed, failed, skipped] = await counts(result, exitCode === 0);
  console.error(`test/${kind}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`);
  if (failed > 0) process.exitCode = 1;
}

/** Made from the sources, so that what an older build left in dist is not run. */
function compiledTests(kind: string): string[] {
  const folder = join(ROOT, "test", kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(ROOT, "test", "dist", kind, file.replace(/\.ts$/, ".js")))
    .sort();
}

/** What the reporter counted; a mocha that failed without counting a failure (it died, or could not load a file) has one. */
async function counts(result: string, good: boolean): Promise<[number, number, number]> {
  const numbers = existsSync(result) ? readFileSync(result, "utf8").trim().split(" ").map(Number) : [];
  const [passed = 0, failed = 0, skipped = 0] = numbers;
  const told = failed > 0 || good ? failed : 1;
  if (told !== failed || numbers.length === 0) await writeFile(result, `${[passed, told, skipped].join(" ")}\n`);
  return [passed, told, skipped];
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
