import {
  type Count,
  type Desired,
  ipFromNumber,
  ipToNumber,
  objectsOf,
  type OverlaySpec,
  vtepsOf,
} from "@overlaynet/core";
import { RecordStore } from "../records/index.js";
import { observeTables, type Places } from "./observation.js";

/** What an overlay's filters have dropped, by counter: of strangers and forged ones before the VXLAN device, spoofed ones, storms and floods of misses at containers' ports. Or why nobody can tell. */
export async function dropped(
  host: Places,
  overlay: string,
  desired: readonly Desired[],
): Promise<Readonly<Record<string, Count>> | string> {
  try {
    const tables = await observeTables(host, overlay, objectsOf(desired), () => true);
    return Object.fromEntries([...tables.values()].flatMap((table) => (table === "absent" ? [] : [...table.counters])));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The VTEPs that records on disk lead to and from which nothing is taken: records written by hand let nobody in. */
export function outwardOnly(overlay: OverlaySpec, desired: readonly Desired[]): string[] {
  if (overlay.allowUnknownVteps === true) return [];
  const specs = desired.map(({ spec }) => spec);
  const own = overlay.hosts[overlay.host];
  const known = new Set([...vtepsOf(overlay, specs), ...(own === undefined ? [] : [own])].map(ipToNumber));
  const store = new RecordStore(overlay.storage);
  store.rescan();
  const others = new Set<number>();
  store.records.fdb.forEach((_mac, vtep) => {
    if (!known.has(vtep)) others.add(vtep);
  });
  return [...others].sort((one, other) => one - other).map((vtep) => ipFromNumber(vtep));
}
