import { join } from "node:path";
import * as z from "zod";
import { readWhenThere, writeAtomically } from "./atomic.js";
import { overlayRun, type Paths } from "./paths.js";

/** What of an overlay's structure the host has put right by itself since it was booted. */
const Repairs = z.object({
  /** How many things were not as asked and are again. */
  count: z.number().int().nonnegative(),
  /** What was repaired the last time, in words. */
  last: z.array(z.string()),
});
export type Repairs = z.infer<typeof Repairs>;

const none: Repairs = { count: 0, last: [] };

const file = (paths: Paths, overlay: string): string => join(overlayRun(paths, overlay), "repairs.json");

/** The overlay's count; nothing when there is none, or it cannot be read. */
export function readRepairs(paths: Paths, overlay: string): Repairs {
  try {
    return Repairs.parse(JSON.parse(readWhenThere(file(paths, overlay)) ?? "{}"));
  } catch {
    return none;
  }
}

/** Counts what was repaired. The overlay's run-time folder is there: a repair makes it. */
export function countRepairs(paths: Paths, overlay: string, repaired: readonly string[]): void {
  if (repaired.length === 0) return;
  const { count } = readRepairs(paths, overlay);
  writeAtomically(
    file(paths, overlay),
    `${JSON.stringify({ count: count + repaired.length, last: repaired })}\n`,
    0o644,
  );
}
