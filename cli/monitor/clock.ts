import { Clock, type OperatorHost } from "@overlaynet/core/operator/index";
import { askFor } from "../ask.js";

/** Looks at a host's clock, of which the one that took the shortest time says most. */
const looks = 5;

/** Now, in milliseconds since 1970, with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Milliseconds by which a host's clock is ahead of ours, right to half the time that the fastest of a few answers takes. @throws HostProblem */
export async function clockOffset(host: OperatorHost): Promise<number> {
  let [offset, shortest] = [0, Infinity];
  for (let look = 0; look < looks; look += 1) {
    const asked = now();
    const clock = await askFor(host, { op: "clock" }, Clock);
    const took = now() - asked;
    if (took < shortest) [offset, shortest] = [clock.now - (asked + took / 2), took];
  }
  return offset;
}

/** `2026-01-31T12:00:00.123456Z` */
export function isoTime(milliseconds: number): string {
  const micros = String(Math.floor((milliseconds % 1) * 1000)).padStart(3, "0");
  return new Date(milliseconds).toISOString().replace("Z", `${micros}Z`);
}
