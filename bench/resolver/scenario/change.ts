import { parseIp } from "@overlaynet/core/model/index";
import { quantile } from "../../statistics.js";
import type { Bench } from "../bench.js";
import { generate } from "../generate.js";
import { restore } from "../record-set.js";
import { type Line, round, verdict } from "../line.js";

const records = 100_000;
const count = 100;
const gap = 50;
const elsewhere = parseIp("192.168.64.29");

/** Records that change one at a time, by rename, in a full folder: how long until the kernel has each. They are put back. */
export function change(bench: Bench): Promise<Line[]> {
  return bench.inField(records, "push", (field) => {
    restore(field.records, 0, count);
    return bench.withDaemon(bench.programs.own, field, async () => {
      const work = { kind: "record", first: 0, count, gap } as const;
      const there = await generate(bench.programs.generator, field, { ...work, vtep: elsewhere });
      const back = await generate(bench.programs.generator, field, work);
      const times = [...there.times, ...back.times];
      const sent = there.sent + back.sent;
      const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
      return [
        {
          what: `one of ${records} records changed → in the kernel, p50; p99`,
          own: `${round(p50)} ms; ${round(p99)} ms`,
          verdict: `${sent - times.length} lost; ${verdict(p99, "ms", "≤", 10)}`,
        },
      ];
    });
  });
}
