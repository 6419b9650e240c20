import type { Miss } from "@overlaynet/core/operator/index";
import type { ServerResponse } from "node:http";

/** A line of GET /misses: what happened, or how many more misses came than were told. */
export type MissLine = { readonly miss: Miss } | { readonly skipped: number };

/** Somebody is listened for: told of misses until it is closed. */
export interface Listening {
  /** How many misses came and were not told. */
  readonly skipped: () => number;
  readonly close: () => void;
}

/** Has every miss told from now on. */
export type Listen = (tell: (miss: Miss) => void) => Listening;

/** Bytes that may wait for one who reads slowly: what comes beyond is skipped, a resolver's memory is not for that. */
const mostWaiting = 1024 * 1024;
/** Milliseconds between two looks whether something was skipped. */
const skipInterval = 1000;

/** Writes misses to one who listens, a JSON text a line, until it goes. @param raw whether with the kernel's messages */
export function streamMisses(response: ServerResponse, raw: boolean, listen: Listen): void {
  let [dropped, told] = [0, 0];
  const listening = listen(({ message, ...rest }) => {
    const miss: Miss = raw && message !== undefined ? { ...rest, message } : rest;
    if (response.writableLength > mostWaiting) dropped += 1;
    else write(response, { miss });
  });
  const timer = setInterval(() => {
    const skipped = listening.skipped() + dropped;
    if (skipped === told) return;
    write(response, { skipped: skipped - told });
    told = skipped;
  }, skipInterval);
  response.once("close", () => {
    clearInterval(timer);
    listening.close();
  });
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.flushHeaders();
}

function write(response: ServerResponse, line: MissLine): void {
  response.write(`${JSON.stringify(line)}\n`);
}
