import { type Failure, type Request } from "@overlaynet/core/protocol";
import { targetOf } from "@overlaynet/core";
import { targetKey } from "../store/desired.js";

/** What waits for the host: everything but a ping, which waits for nothing. */
export type BatchRequest = Exclude<Request, { op: "ping" }>;

/** A request's answer. */
export type Outcome = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: Failure };

/** Runs requests as one; has an answer for each, in their order. */
export type RunBatch = (requests: readonly BatchRequest[]) => Promise<readonly Outcome[]>;

interface Waiting {
  readonly request: BatchRequest;
  readonly answer: (outcome: Outcome) => void;
}

/**
 * Group commit: what arrives while a batch runs is taken together as the next one. Of several requests for one resource each goes into a batch of its own, in
 * their order, so that a batch has one meaning.
 */
export class BatchQueue {
  readonly #run: RunBatch;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(run: RunBatch) {
    this.#run = run;
  }

  /** Takes a request; `answer` is called once, unless the queue is closed before its turn. */
  push(request: BatchRequest, answer: (outcome: Outcome) => void): void {
    if (this.#closed) return;
    this.#waiting.push({ request, answer });
    this.#running ??= this.#drain();
  }

  /** Begins nothing more: what is not persisted yet is dropped. Resolves when the batch that runs, if any, has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting = [];
    await this.#running;
  }

  async #drain(): Promise<void> {
    // One turn of the event loop, so that lines which came in one chunk are one batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      const outcomes = await this.#runSafely(batch.map((one) => one.request));
      batch.forEach((one, index) => {
        one.answer(outcomes[index] ?? failed("the batch ended without an answer; this is a defect of the agent"));
      });
    }
    this.#running = undefined;
  }

  #take(): Waiting[] {
    const keys = new Set<string>();
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    for (const one of this.#waiting) {
      const key = keyOf(one.request);
      if (key !== undefined && keys.has(key)) later.push(one);
      else batch.push(one);
      if (key !== undefined) keys.add(key);
    }
    this.#waiting = later;
    return batch;
  }

  async #runSafely(requests: readonly BatchRequest[]): Promise<readonly Outcome[]> {
    try {
      return await this.#run(requests);
    } catch (error) {
      return requests.map(() => failed(error instanceof Error ? error.message : String(error)));
    }
  }
}

function failed(message: string): Outcome {
  return { ok: false, error: { code: "failed", message } };
}

function keyOf(request: BatchRequest): string | undefined {
  switch (request.op) {
    case "apply":
      return targetKey(targetOf(request.spec));
    case "remove":
    case "read":
      return targetKey(request.target);
    case "status":
      return undefined;
  }
}
