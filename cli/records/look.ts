import { type OperatorHosts, type RecordEntry, UsageError } from "@overlaynet/core/operator/index";
import { inspection, recordsOn } from "../ask.js";
import type { Problem } from "../document/problem.js";
import { fromAll, type Gathered } from "../gather.js";
import { problemOfHost } from "../status/problems.js";
import type { HostRecords } from "./merge.js";

/** What hosts told of their records. */
export interface RecordsLook {
  readonly told: readonly HostRecords[];
  readonly problems: readonly Problem[];
}

/** Asks all hosts for all their records, of one overlay or all. @throws UsageError when none of the hosts that answer has the overlay */
export async function lookAtRecords({ hosts, title }: OperatorHosts, only: string | undefined): Promise<RecordsLook> {
  const looks = await fromAll(hosts, async (host) => {
    const { overlays } = await inspection(host, only);
    const records = new Map<string, readonly RecordEntry[]>();
    const complaints: Problem[] = [];
    for (const { overlay, spec } of overlays) {
      if (spec === undefined) continue;
      const told = await recordsOn(host, overlay);
      records.set(overlay, told.records);
      for (const what of told.end.complaints) {
        complaints.push({ host: host.name, overlay, kind: "wrong", what, mend: "correct or delete the file" });
      }
    }
    return { records, complaints };
  });
  const told = looks.flatMap((look) => (look.problem === undefined ? [{ host: look.host, ...look.value }] : []));
  if (only !== undefined && told.length > 0 && told.every(({ records }) => records.size === 0)) {
    throw new UsageError(`--overlay: ${title} has no overlay ${only}`);
  }
  return { told, problems: [...problemsOf(looks), ...told.flatMap(({ complaints }) => complaints)] };
}

/** Of those that could not be asked, or could not do it. */
export function problemsOf(looks: readonly Gathered<unknown>[]): Problem[] {
  return looks.flatMap(({ host, problem }) => (problem === undefined ? [] : [problemOfHost(host.name, problem)]));
}

/** The overlay that is meant when there is but one. @throws UsageError */
export function onlyOverlay({ told }: RecordsLook, given: string | undefined): string {
  const names = [...new Set(told.flatMap(({ records }) => [...records.keys()]))].sort();
  const [name, ...others] = names;
  if (given !== undefined) return given;
  if (name === undefined) throw new UsageError("no host that answers has an overlay");
  if (others.length > 0) throw new UsageError(`--overlay: expected one of ${names.join(", ")}`);
  return name;
}
