import { request } from "node:http";
import type { ResolverStatus, SyncAnswer } from "./status.js";

/** Nobody listens: the resolver is not running, or not yet. */
export interface NotRunning {
  readonly running: false;
  readonly reason: string;
}

/**
 * Has a running resolver read all records and its configuration anew, and answers when the kernel holds what they say.
 *
 * @throws Error whose message is a sentence when the resolver runs and could not do it, or did not answer in time
 */
export async function requestSync(
  socketPath: string,
  timeoutMs = 10_000,
): Promise<{ readonly running: true; readonly report: SyncAnswer } | NotRunning> {
  const answer = await ask(socketPath, "POST", "/sync", timeoutMs);
  return answer.running ? { running: true, report: answer.body as SyncAnswer } : answer;
}

/** What a running resolver says of itself. @throws Error whose message is a sentence */
export async function resolverStatus(
  socketPath: string,
  timeoutMs = 5_000,
): Promise<{ readonly running: true; readonly status: ResolverStatus } | NotRunning> {
  const answer = await ask(socketPath, "GET", "/status", timeoutMs);
  return answer.running ? { running: true, status: answer.body as ResolverStatus } : answer;
}

function ask(
  socketPath: string,
  method: string,
  path: string,
  timeoutMs: number,
): Promise<{ readonly running: true; readonly body: unknown } | NotRunning> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, agent: false, signal: AbortSignal.timeout(timeoutMs) });
    const fail = (error: Error & { code?: string }): void => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") {
        resolve({ running: false, reason: `nobody listens on ${socketPath} (${error.code})` });
      } else if (error.name === "AbortError" || error.name === "TimeoutError") {
        reject(new Error(`the resolver did not answer on ${socketPath} within ${timeoutMs} ms`, { cause: error }));
      } else {
        reject(new Error(`the resolver's answer on ${socketPath} was lost: ${error.message}`, { cause: error }));
      }
    };
    call.on("error", fail);
    call.on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", fail);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode === 200) resolve({ running: true, body: JSON.parse(text) });
        else reject(new Error(`the resolver on ${socketPath} could not do it: ${reasonIn(text)}`));
      });
    });
    call.end();
  });
}

function reasonIn(text: string): string {
  const answer = JSON.parse(text) as { readonly error?: unknown };
  return typeof answer.error === "string" ? answer.error : text;
}
