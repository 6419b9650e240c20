import { request } from "node:http";
import { LineSplitter } from "../session/lines.js";
import type { MissLine } from "./miss-stream.js";

/** The longest line that a resolver sends, in bytes. */
const longest = 64 * 1024;

export interface MissListener {
  /** Whether misses come with the kernel's messages. */
  readonly raw: boolean;
  /** Nobody wants the rest. */
  readonly signal: AbortSignal;
  /** The resolver tells of every miss from now on. */
  readonly begun: () => void;
  /** Lines that came together, in order. */
  readonly lines: (lines: readonly MissLine[]) => void;
}

/** Listens to a resolver's misses, and answers why it ended, in words. */
export function listenToMisses(socketPath: string, { raw, signal, begun, lines }: MissListener): Promise<string> {
  return new Promise((resolve) => {
    const path = raw ? "/misses?raw" : "/misses";
    const call = request({ socketPath, method: "GET", path, agent: false, signal });
    const splitter = new LineSplitter(longest);
    call.once("error", (error: Error & { code?: string }) => {
      const nobody = error.code === "ENOENT" || error.code === "ECONNREFUSED";
      resolve(nobody ? `nobody listens on ${socketPath} (${error.code ?? ""})` : error.message);
    });
    call.once("response", (response) => {
      response.once("error", (error) => {
        resolve(error.message);
      });
      response.once("close", () => {
        resolve("the resolver ended");
      });
      if (response.statusCode !== 200) {
        // An older one; a session starts it anew when the agent is.
        resolve(`the resolver does not tell of misses (${response.statusCode ?? 0}); is it of an older agent?`);
        response.destroy();
        return;
      }
      begun();
      response.on("data", (chunk: Buffer) => {
        const parts = splitter.push(chunk).map((line) => JSON.parse(line) as MissLine);
        if (parts.length > 0) lines(parts);
      });
    });
    call.end();
  });
}
