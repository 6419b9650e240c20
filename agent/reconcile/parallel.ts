import { availableParallelism } from "node:os";

/** Does the same with each of many, some at a time, and gives the results in their order. The first failure is thrown when those begun have ended. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as T);
    }
  };
  const workers = Array.from({ length: Math.min(items.length, 2 * availableParallelism()) }, worker);
  const ended = await Promise.allSettled(workers);
  const failure = ended.find((one) => one.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return results;
}
