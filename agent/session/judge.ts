import { type Desired, type Target, targetOf } from "@overlaynet/core";
import type { ApplyRequest, Failure, RemoveRequest } from "@overlaynet/core/protocol";
import { type Stored, targetKey } from "../store/desired.js";
import { judgeRemove, refuseApply } from "./claim.js";
import { conflictsOf, type HostDesired } from "./conflicts.js";
import { describe, isHere } from "./describe.js";

/** A request that changes the host. */
export type Change = ApplyRequest | RemoveRequest;

/** What was decided of one request, before anything is changed. */
export type Verdict =
  | { readonly kind: "apply"; readonly desired: Desired; readonly previous: Desired | undefined }
  | { readonly kind: "remove"; readonly previous: Desired }
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly failure: Failure };

/** What the judge has to know of the host besides what was asked of it. */
export interface HostFacts {
  /** Why an apply cannot be taken although desired states allow it (a foreign namespace, a VNI in use, an unmet requirement). */
  obstacle(request: ApplyRequest): string | undefined;
  /** A path with its links resolved, as far as it exists. */
  realPath(path: string): string;
}

export interface Judgement {
  /** In the requests' order. */
  readonly verdicts: readonly Verdict[];
  /** What the host will be asked to hold when the accepted requests are persisted and the removed ones gone. */
  readonly after: HostDesired;
}

/** The key of what a request is about. */
export function keyOf(change: Change): string {
  return targetKey(targetOfChange(change));
}

function targetOfChange(change: Change): Target {
  return change.op === "apply" ? targetOf(change.spec) : change.target;
}

/**
 * Decides which requests of a batch are taken. Conflicts are judged against the desired state as it will be after the whole batch, so that two containers can swap
 * their addresses, or a hundred shift theirs by one. Of those that conflict the latest request yields; what it would have freed is taken again then, so the rest
 * is judged anew until nothing conflicts. No two requests of a batch are about one target.
 */
export function judge(changes: readonly Change[], stored: Stored, facts: HostFacts): Judgement {
  const before = new Map(stored.desired.map((desired) => [targetKey(targetOf(desired.spec)), desired]));
  const verdicts = changes.map((change) => judgeAlone(change, before, stored, facts));
  for (;;) {
    const after = outcomeOf(before, changes, verdicts);
    const [index, message] = latestInConflict(changes, verdicts, after, facts) ?? [];
    if (index === undefined || message === undefined) return { verdicts, after };
    verdicts[index] = refused(message);
  }
}

function judgeAlone(change: Change, before: HostDesired, stored: Stored, facts: HostFacts): Verdict {
  const target = targetOfChange(change);
  const damaged = stored.damaged.find(({ overlay }) => overlay === target.overlay);
  if (damaged !== undefined) {
    return refused(
      `the desired file ${damaged.file} cannot be read (${damaged.reason}); repair it, or delete it when its resource is gone`,
    );
  }
  const previous = before.get(keyOf(change));
  if (change.op === "remove") {
    const decided = judgeRemove(change, previous);
    if (decided === "gone" || previous === undefined) return { kind: "gone" };
    return decided === "remove" ? { kind: "remove", previous } : { kind: "refused", failure: decided };
  }
  const failure = refuseApply(change, previous);
  if (failure !== undefined) return { kind: "refused", failure };
  const obstacle = facts.obstacle(change);
  if (obstacle !== undefined) return refused(obstacle);
  const { owner, generation, spec } = change;
  return { kind: "apply", desired: { schemaVersion: 1, owner, generation, spec }, previous };
}

function outcomeOf(before: HostDesired, changes: readonly Change[], verdicts: readonly Verdict[]): HostDesired {
  const after = new Map(before);
  changes.forEach((change, index) => {
    const verdict = verdicts[index];
    if (verdict?.kind === "apply") after.set(keyOf(change), verdict.desired);
    if (verdict?.kind === "remove") after.delete(keyOf(change));
  });
  return after;
}

/** The last request of the batch that cannot be taken as things stand, and why. */
function latestInConflict(
  changes: readonly Change[],
  verdicts: readonly Verdict[],
  after: HostDesired,
  facts: HostFacts,
): [number, string] | undefined {
  const reasons = new Map<string, string>();
  for (const conflict of conflictsOf(after, (path) => facts.realPath(path))) {
    for (const party of conflict.parties) if (!reasons.has(party)) reasons.set(party, conflict.message(party));
  }
  for (let index = changes.length - 1; index >= 0; index--) {
    const [change, verdict] = [changes[index], verdicts[index]];
    if (change === undefined || verdict === undefined) continue;
    if (verdict.kind === "apply") {
      const reason = reasons.get(keyOf(change)) ?? whileLeaving(verdict, after);
      if (reason !== undefined) return [index, reason];
    }
    if (verdict.kind === "remove") {
      const reason = stillInUse(verdict.previous, after);
      if (reason !== undefined) return [index, reason];
    }
  }
  return undefined;
}

/** A host that is being taken out of an overlay keeps its containers until they go, and gets no new ones. */
function whileLeaving(verdict: Extract<Verdict, { kind: "apply" }>, after: HostDesired): string | undefined {
  const overlays = overlaysOf(after);
  const overlay = overlays.get(verdict.desired.spec.overlay)?.spec;
  if (overlay?.kind !== "overlay" || !overlay.leaving || !isHere(verdict.desired, overlays)) return undefined;
  if (verdict.previous !== undefined && isHere(verdict.previous, overlays)) return undefined;
  return `${describe(targetOf(verdict.desired.spec))}: this host is being taken out of the overlay and takes no new containers; choose another host`;
}

/** An overlay stays while containers of it are on this host. Records of containers elsewhere go with it. */
function stillInUse(removed: Desired, after: HostDesired): string | undefined {
  if (removed.spec.kind !== "overlay") return undefined;
  const overlays = new Map([[removed.spec.overlay, removed] as const]);
  const here = [...after.values()].filter((desired) => isHere(desired, overlays));
  if (here.length === 0) return undefined;
  const names = here.map(({ spec }) => (spec.kind === "container" ? `"${spec.name}"` : ""));
  return `${describe(targetOf(removed.spec))} has containers on this host: ${names.join(", ")}; remove them first`;
}

/** The overlays of a host's desired state by their names. */
export function overlaysOf(all: HostDesired): Map<string, Desired> {
  const overlays = new Map<string, Desired>();
  for (const desired of all.values()) if (desired.spec.kind === "overlay") overlays.set(desired.spec.overlay, desired);
  return overlays;
}

function refused(message: string): Verdict {
  return { kind: "refused", failure: { code: "refused", message } };
}
