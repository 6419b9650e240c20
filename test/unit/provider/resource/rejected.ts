/** What a promise is rejected with; fails when it is not. */
export async function rejected(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && outcome.error instanceof Error) return outcome.error;
  throw new Error(`expected a failure, got ${JSON.stringify(outcome)}`);
}
