import type { PingResult } from "../operator/probe.js";

/** What pings are to be like. */
export interface Pings {
  readonly target: string;
  readonly count: number;
  /** Milliseconds between two. */
  readonly interval: number;
  /** Milliseconds that the last one's answer is waited for. */
  readonly wait: number;
  /** Bytes of the whole IPv4 packet, which then may not be fragmented; ping's 84 by default. */
  readonly size?: number | undefined;
}

/** Bytes of the headers of IPv4 (RFC 791) and ICMP (RFC 792), which ping(8) does not count. */
const headers = 28;

/** ping(8) of iputils; its output goes to {@link parsePing}. */
export function pingCommand({ target, count, interval, wait, size }: Pings): string[] {
  const whole = size === undefined ? [] : ["-M", "do", "-s", String(size - headers)];
  return ["ping", "-n", "-c", String(count), "-i", seconds(interval), "-W", seconds(wait), ...whole, target];
}

/**
 * Reads what ping(8) of iputils wrote.
 *
 * @param stderr and the reason, where it sent nothing at all
 */
export function parsePing(target: string, stdout: string, stderr: string): PingResult {
  const answers = [...stdout.matchAll(/^\d+ bytes from .* time=([\d.]+) ms(.*)$/gm)];
  const firsts = answers.filter(([, , rest]) => rest !== undefined && !rest.includes("DUP!"));
  const [, sent = "0"] = /^(\d+) packets transmitted/m.exec(stdout) ?? [];
  return {
    target,
    sent: Number(sent),
    received: firsts.length,
    duplicates: answers.length - firsts.length,
    milliseconds: firsts.map(([, time]) => Number(time)),
    complaint: complaintIn(stdout, stderr),
  };
}

/** `From 7.7.7.2 icmp_seq=1 Destination Host Unreachable`, `ping: local error: message too long, mtu=1450` */
function complaintIn(stdout: string, stderr: string): string {
  const [, from, what] = /^From (\S+) icmp_seq=\d+ (.*)$/m.exec(stdout) ?? [];
  if (from !== undefined && what !== undefined) return `${from} says: ${what}`;
  const [first = ""] = stderr.trim().split("\n");
  return first.replace(/^ping: /, "");
}

function seconds(milliseconds: number): string {
  return String(milliseconds / 1000);
}
