import type { Command, CommandOptions } from "../hosts/command.js";

/** Whatever pings are sent from: a container's namespace on a host, or an endpoint outside Pulumi's care. */
export type Place = (argv: readonly string[], options?: CommandOptions) => Command;

export interface PingResult {
  readonly sent: number;
  readonly received: number;
  /** Round trips in milliseconds, in the order of the requests; those lost are missing. */
  readonly times: readonly number[];
}

export interface PingOptions {
  /** How many requests; 5 unless given. */
  readonly count?: number;
  /** Seconds between two; 0.2 unless given. */
  readonly interval?: number;
  /** Bytes of ICMP payload, sent with DF; the default of ping, without DF, unless given. */
  readonly payload?: number;
  /** Seconds to wait for the last answer; 2 unless given. */
  readonly limit?: number;
}

/** Pings `address` and answers with what came back; loss is a result, not an error. */
export async function ping(
  from: Place,
  address: string,
  { count = 5, interval = 0.2, payload, limit = 2 }: PingOptions = {},
): Promise<PingResult> {
  const size = payload === undefined ? [] : ["-M", "do", "-s", `${payload}`];
  const argv = ["ping", "-n", "-c", `${count}`, "-i", `${interval}`, "-W", `${limit}`, ...size, address];
  const { stdout, stderr } = await from(argv, { reject: false, timeout: 60_000 });
  return parsePing(stdout, stderr);
}

/** Reads what iputils' ping prints. @throws when it is no ping's. */
export function parsePing(stdout: string, stderr = ""): PingResult {
  const summary = /(\d+) packets transmitted, (\d+) received/.exec(stdout);
  if (summary?.[1] === undefined || summary[2] === undefined) throw new Error(`ping did not run: ${stdout}${stderr}`);
  const times = [...stdout.matchAll(/icmp_seq=\d+ .*time=([\d.]+) ms/g)].map((match) => Number(match[1]));
  return { sent: Number(summary[1]), received: Number(summary[2]), times };
}

/**
 * Reads what a ping printed that a signal ended: a last request without an answer was on its way then, and does not count.
 * Needs a line for each answer, so a ping without `-q`.
 */
export function parseEndedPing(stdout: string, stderr = ""): PingResult {
  const result = parsePing(stdout, stderr);
  const last = [...stdout.matchAll(/icmp_seq=(\d+) .*time=/g)].at(-1)?.[1];
  return Number(last) === result.sent || result.sent === 0 ? result : { ...result, sent: result.sent - 1 };
}

/** The middle of some numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
