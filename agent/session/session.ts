import type { Readable, Writable } from "node:stream";
import { isOperatorRequest, type OperatorRequest } from "@overlaynet/core/operator/index";
import { type Greeting, marker, maxLine, type Reply, Request, silenceLimit } from "@overlaynet/core/protocol";
import { LineSplitter } from "./lines.js";
import { BatchQueue, type Outcome, type RunBatch } from "./queue.js";

/** Says something to the people at the other end, or that another session is waited for. */
export type Notify = (event: Extract<Reply, { event: string }>) => void;

/** Answers what an operator asks, beside the batches; a part of an answer goes to `part`, and `signal` says that nobody wants the rest. */
export type AnswerOperator = (
  request: OperatorRequest,
  to: { readonly part: (part: unknown) => void; readonly signal: AbortSignal },
) => Promise<Outcome>;

export interface SessionOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly greeting: Greeting;
  /** Makes the function that runs this session's batches. */
  readonly batches: (notify: Notify) => RunBatch;
  readonly operator: AnswerOperator;
  /** What is left to do when the client has gone. The session's output is open until then, so a client that waits for its end waits for this, too. */
  readonly atEnd?: () => Promise<void>;
  /** After this long without a word from the client the session ends, in milliseconds. */
  readonly silence?: number;
}

/** The id of an answer to a message whose own could not be read; clients count from 1. */
const unknownId = 0;

/**
 * Speaks with one client until it is silent for too long, closes its end, or sends a line that is too long. What is persisted by then is finished first; a
 * closed output does not stop it, for the host has promised it by then.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #queue: BatchQueue;
  readonly #gone = new AbortController();
  #writable = true;

  constructor(options: SessionOptions) {
    this.#options = options;
    const say: Notify = (event) => {
      this.#say(event);
    };
    this.#queue = new BatchQueue(options.batches(say));
  }

  /** Greets, serves, and resolves when all is done. */
  async run(): Promise<void> {
    const { stdin, stdout, greeting } = this.#options;
    stdout.on("error", () => {
      this.#writable = false;
    });
    this.#write(`${marker}${JSON.stringify(greeting)}`);
    await this.#serve(stdin);
    stdin.destroy();
    this.#gone.abort();
    await this.#queue.close();
    await this.#options.atEnd?.();
    await this.#flush();
  }

  #serve(stdin: Readable): Promise<void> {
    const splitter = new LineSplitter(maxLine);
    const silence = this.#options.silence ?? silenceLimit;
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        resolve();
      };
      let timer = setTimeout(finish, silence);
      stdin.on("data", (chunk: Buffer | string) => {
        clearTimeout(timer);
        timer = setTimeout(finish, silence);
        try {
          for (const line of splitter.push(Buffer.from(chunk))) this.#receive(line);
        } catch (error) {
          // Only a line that is too long comes here; the bytes behind it have no meaning.
          this.#answer(unknownId, protocolFailure(error instanceof Error ? error.message : String(error)));
          finish();
        }
      });
      stdin.once("end", finish);
      stdin.once("error", finish);
      stdin.once("close", finish);
    });
  }

  #receive(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      this.#answer(unknownId, protocolFailure("this message is not JSON"));
      return;
    }
    const parsed = Request.safeParse(message);
    if (!parsed.success) {
      const what = parsed.error.issues.map((issue) => `${issue.path.join(".") || "message"}: ${issue.message}`);
      this.#answer(idOf(message), protocolFailure(`this message is not understood: ${what.join("; ")}`));
      return;
    }
    const request = parsed.data;
    if (request.op === "ping") {
      this.#answer(request.id, { ok: true, result: {} });
      return;
    }
    if (isOperatorRequest(request)) {
      void this.#serveOperator(request);
      return;
    }
    this.#queue.push(request, (outcome) => {
      this.#answer(request.id, outcome);
    });
  }

  async #serveOperator(request: OperatorRequest): Promise<void> {
    const { id } = request;
    const part = (value: unknown): void => {
      this.#say({ id, part: value });
    };
    try {
      this.#answer(id, await this.#options.operator(request, { part, signal: this.#gone.signal }));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#answer(id, { ok: false, error: { code: "failed", message } });
    }
  }

  #answer(id: number, outcome: Outcome): void {
    this.#say({ id, ...outcome });
  }

  #say(reply: Reply): void {
    this.#write(JSON.stringify(reply));
  }

  #write(line: string): void {
    if (this.#writable) this.#options.stdout.write(`${line}\n`);
  }

  #flush(): Promise<void> {
    const { stdout } = this.#options;
    if (!this.#writable) return Promise.resolve();
    return new Promise((resolve) => {
      stdout.once("error", () => {
        resolve();
      });
      stdout.end(() => {
        resolve();
      });
    });
  }
}

function protocolFailure(message: string): Outcome {
  return { ok: false, error: { code: "protocol", message } };
}

function idOf(message: unknown): number {
  const id: unknown = typeof message === "object" && message !== null && "id" in message ? message.id : undefined;
  return typeof id === "number" && Number.isInteger(id) && id >= 0 ? id : unknownId;
}
