import { setTimeout as pause } from "node:timers/promises";
import type { Bench } from "../bench.js";
import { type Line, round } from "../line.js";

const records = 10_000;
/** Seconds: the resolver's regular comparison, every half minute, comes once. */
const duration = 35;

/** Nothing happens. */
export function idle(bench: Bench): Promise<Line[]> {
  return bench.inField(records, "push", (field) =>
    bench.withDaemon(bench.programs.own, field, async (daemon) => {
      await pause(2000);
      const before = daemon.processorTime;
      await pause(duration * 1000);
      const used = daemon.processorTime - before;
      return [
        {
          what: `processor time of ${duration} idle seconds with ${records} records`,
          own: `${round(used)} ms`,
          verdict: `${((used / duration / 1000) * 100).toFixed(2)} % of one processor`,
        },
      ];
    }),
  );
}
