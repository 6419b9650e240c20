import type { Desired, Mark, OverlaySpec, Step } from "@overlaynet/core";
import type { Host } from "./host.js";
import { publish } from "./publish.js";
import { reconcileRecords, type RecordsWritten } from "./records.js";
import { type Planned, runStructure, type Structure, type Wanted } from "./structure.js";

/** A change of one overlay on this host that keeps the overlay. */
export interface OverlayChange {
  readonly wanted: Wanted;
  readonly overlay: Desired & { readonly spec: OverlaySpec };
  readonly overlayMark: Mark;
  readonly planned: Planned;
  /** The resources just applied. */
  readonly applied: readonly Desired[];
}

/** What became of it. */
export interface OverlayOutcome {
  readonly structure: Structure;
  readonly records: RecordsWritten;
  /** Steps on units and run-time files. */
  readonly otherSteps: number;
  /** Why nothing of the overlay is as asked, when that is so: a sentence. */
  readonly failure: string | undefined;
}

const nothing: RecordsWritten = { written: [], removed: [] };

/** Brings an overlay in line with its desired files: kernel, run-time files, records, units, kernel entries, in this order. The caller holds the lock. */
export async function reconcileOverlay(host: Host, change: OverlayChange): Promise<OverlayOutcome> {
  const { wanted, overlayMark } = change;
  const { spec } = change.overlay;
  const before = wanted.previous.find((one) => one.spec.kind === "overlay")?.spec;
  const moves = before?.kind === "overlay" && before.storage !== spec.storage;
  const renewed = moves || change.planned.plan.steps.some((step) => isUnderResolver(step, overlayMark));
  // The resolver ends when its device goes, and systemd would repair what is being changed here; and records that move to another folder would be gone to it for a while.
  if (renewed && before !== undefined) await host.units.stopResolver(spec.overlay);
  const structure = await runStructure(host, wanted, change.planned);
  let records = nothing;
  let otherSteps = 0;
  try {
    const broken = structure.failures.get(overlayMark);
    const known = wanted.unreadable.length > 0 ? wanted.previous : undefined;
    // Two hundred other resources' records need not be read for one's; the repair unit reads them all, and so does a change of the overlay.
    const isMembersOnly = before !== undefined && !change.applied.some((one) => one.spec.kind === "overlay");
    records = reconcileRecords(host.paths, spec, wanted.desired, change.applied, known, isMembersOnly);
    otherSteps += publish(host.paths, spec);
    if (broken !== undefined) return { structure, records, otherSteps, failure: broken };
    // A resolver that answers runs: to ask systemd as well costs every batch of containers more than the answer.
    const resolverDid = isMembersOnly && !renewed && (await host.entries.sync(spec)) === "resolver";
    if (!resolverDid) {
      otherSteps += await host.units.install();
      otherSteps += await host.units.start(spec.overlay, renewed);
      await host.entries.sync(spec);
    }
    return { structure, records, otherSteps, failure: undefined };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { structure, records, otherSteps, failure };
  }
}

/** Whether a step makes or takes away something that the resolver is in or listens on. */
function isUnderResolver(step: Step, overlayMark: Mark): boolean {
  return (
    step.mark === overlayMark && step.op !== "change" && ["namespace", "bridge", "vxlan"].includes(step.object.kind)
  );
}
