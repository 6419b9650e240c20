import { isHostAddress, type Ip, type Mac, type OverlaySpec, type Records, type Spec } from "@overlaynet/core";
import type { OperatorRequest, RecordsEdited } from "@overlaynet/core/operator/index";
import type { Host } from "../reconcile/host.js";
import { applyRecords } from "../records/index.js";
import { overlayHere } from "./records.js";

type Edit = Extract<OperatorRequest, { op: "editRecords" }>;

/**
 * Writes and removes records that no resource asks for; the resolver sees the files and follows. A resource's record may be put as it is, which changes nothing.
 *
 * @throws Error a sentence, before anything is done, when the overlay is not here, an address is none of its network, or a record is a resource's
 */
export function editRecords(host: Host, { overlay, put, remove }: Edit): RecordsEdited {
  const spec = overlayHere(host, overlay);
  const { desired, damaged } = host.store.read(overlay);
  if (damaged.length > 0) {
    throw new Error(
      "a desired file cannot be read, so whose its records are is not known; `overlaynet status` names it",
    );
  }
  const [wanted, previous] = [recordsIn(put), recordsIn(remove)];
  for (const ip of wanted.arp.keys()) requireAddress(spec, ip);
  const owned = ownedRecords(desired.map((one) => one.spec));
  for (const table of ["arp", "fdb"] as const) {
    for (const [key, value] of wanted[table]) requireFree(owned, `${table}/${key}`, value);
    for (const key of previous[table].keys()) requireFree(owned, `${table}/${key}`, undefined);
  }
  const { written, removed } = applyRecords({ storage: spec.storage, wanted, previous, mend: true });
  return { written: [...written], removed: [...removed] };
}

function recordsIn({ arp, fdb }: Edit["put"]): Records {
  return {
    arp: new Map<Ip, Mac>(arp.map(({ ip, mac }) => [ip, mac])),
    fdb: new Map<Mac, Ip>(fdb.map(({ mac, vtep }) => [mac, vtep])),
  };
}

/** The resolver would ignore any other. */
function requireAddress({ cidr, gateway }: OverlaySpec, ip: Ip): void {
  if (isHostAddress(cidr, ip) && ip !== gateway) return;
  throw new Error(`expected an address of a container in ${cidr}, got ${ip}`);
}

interface Owned {
  readonly by: string;
  readonly value: string;
}

/** The records that resources ask for, by file. */
function ownedRecords(specs: readonly Spec[]): ReadonlyMap<string, Owned> {
  const owned = new Map<string, Owned>();
  for (const spec of specs) {
    if (spec.kind === "overlay") continue;
    const by = `${spec.kind === "neigh" ? "neighbour" : "container"} ${spec.name}`;
    owned.set(`arp/${spec.ip}`, { by, value: spec.mac });
    owned.set(`fdb/${spec.mac}`, { by, value: spec.vtep });
  }
  return owned;
}

function requireFree(owned: ReadonlyMap<string, Owned>, file: string, value: string | undefined): void {
  const one = owned.get(file);
  if (one === undefined || one.value === value) return;
  throw new Error(`${file} is the record of ${one.by}: \`pulumi up\` changes it, nobody by hand`);
}
