import { PartialFailure } from "@overlaynet/provider/resource/partial";

/** What a promise is rejected with; fails when it is not. */
export async function rejected(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && outcome.error instanceof Error) return outcome.error;
  throw new Error(`expected a failure, got ${JSON.stringify(outcome)}`);
}

/** The partial failure that a promise is rejected with; fails when it is none. */
export async function partial(promise: Promise<unknown>): Promise<PartialFailure> {
  const error = await rejected(promise);
  if (error instanceof PartialFailure) return error;
  throw error;
}
