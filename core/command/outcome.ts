import type { Batch } from "./batch.js";
import type { BatchLine } from "./line.js";

export interface LineFailure {
  readonly line: BatchLine;
  /** What the tool said, a single line. */
  readonly message: string;
}

export interface Outcome {
  readonly failures: readonly LineFailure[];
  /** Lines that were not reached, because the tool exits, `-force` or not, at an argument it cannot resolve: a peer's namespace that is not there. */
  readonly unrun: readonly BatchLine[];
}

/**
 * Which lines of a batch failed, from what the tool wrote with `-force` and LC_ALL=C: after each failed line's messages `Command failed -:<line>`.
 * Deleting what is gone already is no failure.
 */
export function readOutcome(batch: Batch, stderr: string, exitCode: number): Outcome {
  if (exitCode === 0) return { failures: [], unrun: [] };
  if (batch.tool === "nft")
    return { failures: batch.lines.map((line) => ({ line, message: ofNft(stderr, exitCode) })), unrun: [] };
  const failures: LineFailure[] = [];
  let messages: string[] = [];
  let reached = 0;
  for (const text of stderr.split("\n")) {
    const number = /^Command failed -:(\d+)$/.exec(text.trim())?.[1];
    if (number === undefined) {
      if (text.trim() !== "") messages.push(text.trim());
      continue;
    }
    reached = Number(number);
    const line = batch.lines[reached - 1];
    if (line !== undefined) failures.push({ line, message: sentence(messages, exitCode) });
    messages = [];
  }
  const ended = messages.length > 0 || reached === 0 ? endedAt(batch, reached, messages) : undefined;
  if (ended !== undefined) {
    for (const line of batch.lines.slice(ended.from, ended.to))
      failures.push({ line, message: sentence(messages, exitCode) });
  }
  return {
    failures: failures.filter(({ line, message }) => !(isDeletion(line) && isGone(message))),
    unrun: ended === undefined ? [] : batch.lines.slice(ended.to),
  };
}

/** The lines that the process ended with: the one whose namespace it could not find, or all that were left. */
function endedAt(batch: Batch, reached: number, messages: readonly string[]): { from: number; to: number } {
  const missing = /argument "([^"]+)" is wrong: Invalid "netns" value/.exec(messages.join("\n"))?.[1];
  const at = batch.lines.findIndex(
    ({ text }, index) => index >= reached && missing !== undefined && `${text} `.includes(` netns ${missing} `),
  );
  return at === -1 ? { from: reached, to: batch.lines.length } : { from: at, to: at + 1 };
}

/** nft takes all lines or none, and says below each complaint where in its input that is. */
function ofNft(stderr: string, exitCode: number): string {
  const complaints = stderr.split("\n").filter((line) => line.includes("Error:"));
  return `nft: ${sentence(
    complaints.map((line) => line.replace(/^.*?Error: /, "")),
    exitCode,
  )}`;
}

function isDeletion({ text }: BatchLine): boolean {
  return /^\w+ delete /.test(text);
}

/** What `ip` and `bridge` say of a link, namespace, address, route, entry that is not there. */
function isGone(message: string): boolean {
  return /Cannot find device|Cannot open network namespace|No such (file or directory|process|device)|Address not found|Cannot assign requested address/.test(
    message,
  );
}

function sentence(messages: readonly string[], exitCode: number): string {
  return messages.length === 0 ? `exit status ${exitCode}` : messages.join("; ");
}
