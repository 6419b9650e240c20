import { appendFileSync, writeFileSync } from "node:fs";
import { inspect } from "node:util";
import { reporters, Runner, type MochaOptions, type Test } from "mocha";

/** Environment variable: the file that a run's counts go to, as `passed failed skipped`. */
export const RESULT_FILE = "OVERLAYNET_RESULT_FILE";
/** Ends the name of the file beside the counts that tells each failure: its title and error. Only a run with failures has one. */
const FAILURES = ".failures";
/** What `skipBecause` puts into a skipped test's title. */
const REASON = /\(skipped: .+\)$/;

/** Keeps a word about a failure beside a run's counts, for the end of a long log, where people and CI look first. */
export function keepFailure(result: string, words: string): void {
  appendFileSync(`${result}${FAILURES}`, `${words}\n`);
}

/**
 * Mocha's spec reporter, which also writes the run's counts to a file and its failures to another, and counts a skipped
 * test that does not say why as a failure.
 */
export default class CountingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const file = process.env[RESULT_FILE];
    const mute: string[] = [];
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test: Test) => {
      if (!REASON.test(test.title)) mute.push(test.fullTitle());
    });
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test: Test, error: Error) => {
      if (file !== undefined) keepFailure(file, `failed: ${test.fullTitle()}\n${indent(describe(error))}`);
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      for (const title of mute) {
        const words = `failed: "${title}" is skipped and does not say why; use skipBecause`;
        console.error(`  ${words}`);
        if (file !== undefined) keepFailure(file, words);
      }
      runner.failures += mute.length;
      const { passes, failures, pending } = this.stats;
      const counts = [passes, failures + mute.length, pending - mute.length];
      if (file !== undefined) writeFileSync(file, `${counts.join(" ")}\n`);
    });
  }
}

/** An error with its stack, and what was found instead of what, which a message abridges. */
function describe(error: Error & { readonly actual?: unknown; readonly expected?: unknown }): string {
  const { actual, expected } = error;
  const values =
    actual === undefined && expected === undefined ? [] : [`found: ${inspect(actual)}`, `wanted: ${inspect(expected)}`];
  return [error.stack ?? error.message, ...values].join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
