import { type OperatorHost, type RecordEntry, RecordsEdited, recordsPerMessage } from "@overlaynet/core/operator/index";
import { askFor } from "../ask.js";
import { filesOf, noFiles, type RecordFiles } from "./files.js";

/** What to do with a host's records. */
export interface Edit {
  readonly put: RecordFiles;
  readonly remove: RecordFiles;
}

/**
 * The files of an address, IP or MAC, among a host's records: its own, and that of its MAC unless another address has the same.
 */
export function filesWith(records: readonly RecordEntry[], address: string): RecordFiles {
  const meant = ({ ip, mac }: RecordEntry): boolean => ip === address || mac === address;
  const gone = records.filter(meant);
  const kept = new Set(records.filter((one) => !meant(one)).map(({ mac }) => mac));
  const { arp, fdb } = filesOf(gone);
  return { arp, fdb: fdb.filter(({ mac }) => !kept.has(mac)) };
}

/** Edits the records of an overlay on a host, as many messages as it takes; where each MAC is comes before whose it is. @throws HostProblem */
export async function editOn(host: OperatorHost, overlay: string, { put, remove }: Edit): Promise<RecordsEdited> {
  const steps: Edit[] = [
    ...parts(put.fdb).map((fdb) => ({ put: { ...noFiles, fdb }, remove: noFiles })),
    ...parts(put.arp).map((arp) => ({ put: { ...noFiles, arp }, remove: noFiles })),
    ...parts(remove.arp).map((arp) => ({ put: noFiles, remove: { ...noFiles, arp } })),
    ...parts(remove.fdb).map((fdb) => ({ put: noFiles, remove: { ...noFiles, fdb } })),
  ];
  const done: RecordsEdited = { written: [], removed: [] };
  for (const step of whole(steps, { put, remove })) {
    const ask = { op: "editRecords", overlay, put: mutable(step.put), remove: mutable(step.remove) } as const;
    const { written, removed } = await askFor(host, ask, RecordsEdited);
    done.written.push(...written);
    done.removed.push(...removed);
  }
  return done;
}

/** What fits into one message is one: it is done or refused as a whole. */
function whole(steps: readonly Edit[], edit: Edit): readonly Edit[] {
  const lists = [edit.put.arp, edit.put.fdb, edit.remove.arp, edit.remove.fdb];
  return lists.every(({ length }) => length <= recordsPerMessage) ? [edit] : steps;
}

function mutable({ arp, fdb }: RecordFiles): { arp: RecordFiles["arp"][number][]; fdb: RecordFiles["fdb"][number][] } {
  return { arp: [...arp], fdb: [...fdb] };
}

function parts<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / recordsPerMessage);
  return Array.from({ length: count }, (_, index) =>
    all.slice(index * recordsPerMessage, (index + 1) * recordsPerMessage),
  );
}
