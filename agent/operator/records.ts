import { ipFromNumber, macFromNumber } from "@overlaynet/core/model/index";
import { type RecordEntry, type RecordsEnd, recordsPerMessage } from "@overlaynet/core/operator/index";
import type { OverlaySpec } from "@overlaynet/core";
import type { Host } from "../reconcile/host.js";
import { RecordStore } from "../records/index.js";

/** Tells an overlay's records as they are on disk, in order of address, in parts. @throws Error a sentence when the overlay is not on this host */
export function tellRecords(
  host: Host,
  { overlay, limit = Infinity }: { readonly overlay: string; readonly limit?: number | undefined },
  part: (part: unknown) => void,
): RecordsEnd {
  const spec = overlayHere(host, overlay);
  const store = new RecordStore(spec.storage);
  store.rescan();
  const all = entriesOf(store, askedFor(host, overlay));
  const told = Math.min(all.length, limit);
  for (let from = 0; from < told; from += recordsPerMessage) {
    part({ records: all.slice(from, Math.min(told, from + recordsPerMessage)) });
  }
  return { storage: spec.storage, total: all.length, complaints: store.complaints };
}

/** An overlay of this host. @throws Error a sentence when it is not here, or its desired file cannot be read */
export function overlayHere(host: Host, overlay: string): OverlaySpec {
  const own = host.store.read(overlay).desired.find(({ spec }) => spec.kind === "overlay")?.spec;
  if (own?.kind !== "overlay") throw new Error(`overlay "${overlay}" is not on this host`);
  return own;
}

type Asked = Pick<RecordEntry, "origin" | "name">;

/** Which resource asks for a record, by `ip mac`. */
function askedFor(host: Host, overlay: string): ReadonlyMap<string, Asked> {
  const asked = new Map<string, Asked>();
  for (const { spec } of host.store.read(overlay).desired) {
    if (spec.kind !== "overlay") asked.set(`${spec.ip} ${spec.mac}`, { origin: spec.kind, name: spec.name });
  }
  return asked;
}

function entriesOf({ records: { arp, fdb } }: RecordStore, asked: ReadonlyMap<string, Asked>): RecordEntry[] {
  const entries: { key: number; entry: RecordEntry }[] = [];
  const named = new Set<number>();
  arp.forEach((ip, mac) => {
    named.add(mac);
    const vtep = fdb.get(mac);
    const [address, hardware] = [ipFromNumber(ip), macFromNumber(mac)];
    const by = asked.get(`${address} ${hardware}`) ?? { origin: "by hand" as const };
    const where = vtep === 0 ? {} : { vtep: ipFromNumber(vtep) };
    entries.push({ key: ip, entry: { ip: address, mac: hardware, ...where, ...by } });
  });
  fdb.forEach((mac, vtep) => {
    if (named.has(mac)) return;
    // Behind all addresses, which are below 2^32.
    const entry = { mac: macFromNumber(mac), vtep: ipFromNumber(vtep), origin: "by hand" as const };
    entries.push({ key: 2 ** 32 + mac, entry });
  });
  return entries.sort((one, other) => one.key - other.key).map(({ entry }) => entry);
}
