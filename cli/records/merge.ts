import type { OperatorHost, RecordEntry } from "@overlaynet/core/operator/index";
import type { StatusRecord } from "../document/status.js";

/** The records that one host told, by overlay. */
export interface HostRecords {
  readonly host: OperatorHost;
  readonly records: ReadonlyMap<string, readonly RecordEntry[]>;
}

/** The records of all hosts, each that several have alike once. @param hosts all that there are, also those that told nothing */
export function mergeRecords(told: readonly HostRecords[], hosts: readonly OperatorHost[]): StatusRecord[] {
  const hostOfVtep = new Map(hosts.map(({ address, name }) => [address, name]));
  const merged = new Map<string, { readonly entry: RecordEntry; readonly overlay: string; readonly on: string[] }>();
  for (const one of told) {
    for (const [overlay, records] of one.records) {
      for (const entry of records) {
        const key = JSON.stringify([overlay, entry]);
        const known = merged.get(key);
        if (known === undefined) merged.set(key, { entry, overlay, on: [one.host.name] });
        else known.on.push(one.host.name);
      }
    }
  }
  return [...merged.values()].map(({ entry, overlay, on }) => {
    const host = entry.vtep === undefined ? undefined : hostOfVtep.get(entry.vtep);
    return { ...entry, overlay, ...(host === undefined ? {} : { host }), on };
  });
}
