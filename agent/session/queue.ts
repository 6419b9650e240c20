import { type Failure, type Request } from "@overlaynet/core/protocol";
import { targetOf } from "@overlaynet/core";
import type { OperatorRequest } from "@overlaynet/core/operator/index";
import { targetKey } from "../store/desired.js";

/** What waits for the host: everything but a ping and what operators ask, which wait for nothing. */
export type BatchRequest = Exclude<Request, { op: "ping" } | OperatorRequest>;

/** A request's answer. */
export type Outcome = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: Failure };

/** Runs requests as one; has an answer for each, in their order. */
export type RunBatch = (requests: readonly BatchRequest[]) => Promise<readonly Outcome[]>;

/** Milliseconds without a request after which no more are waited for: the engine asks for one after the other, faster than this. */
const quiet = 30;
/** Milliseconds for which requests gather at most. */
const gathering = 150;
/** Milliseconds after a batch of several within which more of the kind are expected. */
const lull = 500;

interface Waiting {
  readonly request: BatchRequest;
  readonly answer: (outcome: Outcome) => void;
}

/**
 * Group commit: what arrives while a batch runs is taken together as the next one. Where several were taken, the next ones are waited for a moment: an
 * engine has eight requests on their way, asks anew for each that was answered, and would be served in two halves for ever, at a dozen processes and several
 * writes to disk for each half. The moment is over when as many wait as ever were on their way. Of several requests for one resource each goes into a batch of its own, in
 * their order, so that a batch has one meaning.
 */
export class BatchQueue {
  readonly #run: RunBatch;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  /** When the last batch of several ended, by performance.now(). */
  #several = Number.NEGATIVE_INFINITY;
  /** Requests of the batch that runs. */
  #taken = 0;
  /** The most requests that were on their way at once. */
  #most = 0;
  /** Ends the waiting for more. */
  #complete: (() => void) | undefined;

  constructor(run: RunBatch) {
    this.#run = run;
  }

  /** Takes a request; `answer` is called once, unless the queue is closed before its turn. */
  push(request: BatchRequest, answer: (outcome: Outcome) => void): void {
    if (this.#closed) return;
    this.#waiting.push({ request, answer });
    this.#most = Math.max(this.#most, this.#waiting.length + this.#taken);
    if (this.#waiting.length >= this.#most) this.#complete?.();
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
      if (performance.now() - this.#several < lull) await this.#gather();
      const batch = this.#take();
      this.#taken = batch.length;
      const outcomes = await this.#runSafely(batch.map((one) => one.request));
      batch.forEach((one, index) => {
        one.answer(outcomes[index] ?? failed("the batch ended without an answer; this is a defect of the agent"));
      });
      this.#taken = 0;
      if (batch.length > 1) this.#several = performance.now();
    }
    this.#running = undefined;
  }

  /** Resolves when no request has come for a moment, or no more can be expected. */
  async #gather(): Promise<void> {
    const deadline = performance.now() + gathering;
    for (let before = 0; before !== this.#waiting.length && performance.now() < deadline;) {
      if (this.#waiting.length >= this.#most) return;
      before = this.#waiting.length;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, quiet);
        this.#complete = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
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
