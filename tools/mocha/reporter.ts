import { writeFileSync } from "node:fs";
import { reporters, Runner, type MochaOptions, type Test } from "mocha";

/** Environment variable: the file that a run's counts go to, as `passed failed skipped`. */
export const RESULT_FILE = "OVERLAYNET_RESULT_FILE";
/** What `skipBecause` puts into a skipped test's title. */
const REASON = /\(skipped: .+\)$/;

/**
 * Mocha's spec reporter, which also writes the run's counts to a file, and counts a skipped test that
 * does not say why as a failure.
 */
export default class CountingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const mute: string[] = [];
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test: Test) => {
      if (!REASON.test(test.title)) mute.push(test.fullTitle());
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      for (const title of mute) console.error(`  failed: "${title}" is skipped and does not say why; use skipBecause`);
      runner.failures += mute.length;
      const { passes, failures, pending } = this.stats;
      const counts = [passes, failures + mute.length, pending - mute.length];
      const file = process.env[RESULT_FILE];
      if (file !== undefined) writeFileSync(file, `${counts.join(" ")}\n`);
    });
  }
}
