/**
 * Skips the running test and says why, in its title; the project's reporter fails a test that is skipped without a reason.
 *
 * Call it with `this` of a test, of a `beforeEach` hook, or of a `before` hook to skip its whole suite.
 */
export function skipBecause(context: Mocha.Context, reason: string): never {
  const running = context.test;
  const wholeSuite = running?.title.startsWith('"before all" hook') === true;
  const tests = wholeSuite ? testsOf(running.parent) : [context.currentTest ?? running];
  for (const test of tests) if (test !== undefined) test.title = `${test.title} (skipped: ${reason})`;
  return context.skip();
}

function testsOf(suite: Mocha.Suite | undefined): Mocha.Runnable[] {
  return suite === undefined ? [] : [...suite.tests, ...suite.suites.flatMap((inner) => testsOf(inner))];
}
