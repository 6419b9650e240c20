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
  return rejectedWith(PartialFailure, promise);
}

/** The error of a class that a promise is rejected with; fails when it is another. */
export async function rejectedWith<T extends Error>(
  type: abstract new (...given: never[]) => T,
  promise: Promise<unknown>,
): Promise<T> {
  const error = await rejected(promise);
  if (error instanceof type) return error;
  throw error;
}
