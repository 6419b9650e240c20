import type { Desired, OverlaySpec, Records } from "@overlaynet/core";
import { recordsOf } from "@overlaynet/core";
import { applyRecords } from "../records/index.js";
import { type Ledger, missingFolders, readLedger, removeLedger, unite, writeLedger } from "../store/ledger.js";
import type { Paths } from "../store/paths.js";

const none: Records = { arp: new Map(), fdb: new Map() };

/** What writing an overlay's records changed: `arp/7.7.7.2`. */
export interface RecordsWritten {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Makes an overlay's records folder hold what its desired files ask for. What we wrote is kept in a ledger, which is written before the records are: so a run
 * that was interrupted between leaves nothing that nobody knows, and hand-made records are never taken for ours.
 *
 * @param mended the resources just applied: their records are written whatever people made of them
 * @param known when desired files cannot be read: those of before that can. What of ours none of them asked for stays, since it may be an unreadable one's
 * @param trusted whether records that are asked for as before, and are not mended, are believed to be there
 */
export function reconcileRecords(
  paths: Paths,
  overlay: OverlaySpec,
  desired: readonly Desired[],
  mended: readonly Desired[],
  known?: readonly Desired[],
  trusted = false,
): RecordsWritten {
  const { storage } = overlay;
  const asked = recordsOf(desired.map(({ spec }) => spec));
  let ledger = readLedger(paths, overlay.overlay);
  const wanted = known === undefined || ledger === undefined ? asked : unite(asked, unclaimed(ledger.records, known));
  if (ledger !== undefined && ledger.storage !== storage) {
    removeRecords(paths, overlay.overlay, ledger);
    ledger = undefined;
  }
  const previous = ledger?.records ?? none;
  const folders = [...(ledger?.folders ?? []), ...missingFolders(storage)];
  writeLedger(paths, overlay.overlay, { storage, folders: [...new Set(folders)], records: unite(previous, wanted) });
  const applied = applyRecords({ storage, wanted, previous, mend: false, trusted });
  const again = applyRecords({
    storage,
    wanted: recordsOf(mended.map(({ spec }) => spec)),
    previous: none,
    mend: true,
  });
  writeLedger(paths, overlay.overlay, { storage, folders: [...new Set(folders)], records: wanted });
  return { written: [...applied.written, ...again.written], removed: applied.removed };
}

/** Records that no known desired state asks for. */
function unclaimed({ arp, fdb }: Records, known: readonly Desired[]): Records {
  const claimed = recordsOf(known.map(({ spec }) => spec));
  return {
    arp: new Map([...arp].filter(([ip]) => !claimed.arp.has(ip))),
    fdb: new Map([...fdb].filter(([mac]) => !claimed.fdb.has(mac))),
  };
}

/** Takes away everything that {@link reconcileRecords} made and nothing else. */
export function removeAllRecords(paths: Paths, overlay: string): void {
  const ledger = readLedger(paths, overlay);
  if (ledger !== undefined) removeRecords(paths, overlay, ledger);
}

function removeRecords(paths: Paths, overlay: string, ledger: Ledger): void {
  const { storage, records: previous } = ledger;
  if (missingFolders(storage).length < 2) applyRecords({ storage, wanted: none, previous, mend: false });
  removeLedger(paths, overlay, ledger);
}
