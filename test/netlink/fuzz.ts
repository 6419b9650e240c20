import { runInThisContext } from "node:vm";
import { mutant, randomFrom } from "./mutate.js";

/** How long to go on: whichever is reached first. */
export interface Limits {
  readonly seconds?: number;
  readonly inputs?: number;
  /** Milliseconds that two thousand inputs may take together, or one by itself: half a minute unless given, which only what never ends takes. */
  readonly patience?: number;
}

/** A datagram that the codec could not take. The message has all that is needed to see it again. */
export class FuzzFailure extends Error {
  override readonly name = "FuzzFailure";
  readonly input: Buffer;

  constructor(input: Buffer, seed: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`seed ${seed}: ${why}\nput it into test/netlink/corpus when it is mended:\n${input.toString("hex")}`, {
      cause,
    });
    this.input = input;
  }
}

/** Inputs between two looks at the clock. */
const atOnce = 2000;

/**
 * Gives `take` mutants of the corpus, the same for the same seed. Answers how many.
 *
 * @throws FuzzFailure with the smallest input found that still fails; one that never ends as it was
 */
export function fuzz(corpus: readonly Buffer[], seed: number, limits: Limits, take: (bytes: Buffer) => void): number {
  const random = randomFrom(seed);
  const end = performance.now() + (limits.seconds ?? Infinity) * 1000;
  const most = limits.inputs ?? Infinity;
  const patience = limits.patience ?? 30_000;
  let count = 0;
  while (count < most && performance.now() < end) {
    let input: Buffer = Buffer.alloc(0);
    const batch = Math.min(atOnce, most - count);
    try {
      bounded(patience, () => {
        for (let index = 0; index < batch; index += 1) {
          input = mutant(corpus, random);
          take(input);
        }
      });
    } catch (error) {
      throw new FuzzFailure(isEndless(error) ? input : shrink(input, take), seed, error);
    }
    count += batch;
  }
  return count;
}

/** Ends what does not end by itself: only what the vm module has started can be ended from outside. */
function bounded(timeout: number, work: () => void): void {
  const place = globalThis as { overlaynetFuzz?: () => void };
  place.overlaynetFuzz = work;
  try {
    runInThisContext("overlaynetFuzz()", { timeout });
  } finally {
    delete place.overlaynetFuzz;
  }
}

/** Each try to make it smaller would take as long again. */
function isEndless(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

/** Leaves out what is not needed for the failure: halves, quarters … single bytes. */
function shrink(input: Buffer, take: (bytes: Buffer) => void): Buffer {
  let smallest = input;
  for (let size = input.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at + size <= smallest.length;) {
      const candidate = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      if (fails(candidate, take)) smallest = candidate;
      else at += size;
    }
  }
  return smallest;
}

function fails(input: Buffer, take: (bytes: Buffer) => void): boolean {
  try {
    take(input);
    return false;
  } catch {
    return true;
  }
}
