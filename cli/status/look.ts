import type { Inspection, OperatorHosts, RecordEntry } from "@overlaynet/core/operator/index";
import type { Greeting } from "@overlaynet/core/protocol";
import { greetingOf, inspection, recordsOn } from "../ask.js";
import { fromAll, type Gathered } from "../gather.js";

/** Records of one host and overlay that a status tells of; all are counted. */
const recordsTold = 1000;

/** What one host says for a status. */
export interface HostLook {
  readonly greeting: Greeting;
  readonly inspection: Inspection;
  /** By overlay. */
  readonly records: ReadonlyMap<string, readonly RecordEntry[]>;
}

/** Looks at all hosts at once. */
export function lookAt({ hosts }: OperatorHosts): Promise<Gathered<HostLook>[]> {
  return fromAll(hosts, async (host) => {
    const greeting = await greetingOf(host);
    const seen = await inspection(host);
    const whole = seen.overlays.filter(({ spec }) => spec !== undefined);
    const records = await Promise.all(
      whole.map(async ({ overlay }) => [overlay, (await recordsOn(host, overlay, recordsTold)).records] as const),
    );
    return { greeting, inspection: seen, records: new Map(records) };
  });
}
