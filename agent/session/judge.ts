import { type Desired, type Target, targetOf } from "@overlaynet/core";
import type { ApplyRequest, Failure, RemoveRequest } from "@overlaynet/core/protocol";
import { type Damaged, type Stored, targetKey, unreadableSentence } from "../store/desired.js";
import { judgeRemove, refuseApply } from "./claim.js";
import { type Conflict, conflictsOf, type HostDesired } from "./conflicts.js";
import { describe, describeOwner, isHere } from "./describe.js";

/** A request that changes the host. */
export type Change = ApplyRequest | RemoveRequest;

/** What was decided of one request, before anything is changed. */
export type Verdict =
  | { readonly kind: "apply"; readonly desired: Desired; readonly previous: Desired | undefined }
  /** `previous` is undefined when its desired file cannot be read: what carries its mark goes all the same. */
  | { readonly kind: "remove"; readonly previous: Desired | undefined }
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly failure: Failure };

/** What the judge has to know of the host besides what was asked of it. */
export interface HostFacts {
  /** Why an apply cannot be taken although desired states allow it (a foreign namespace, a VNI in use, an unmet requirement). */
  obstacle(request: ApplyRequest): string | undefined;
  /** Whether the agent was removed from this host while the session was open; with its last overlay, so nothing of ours is there. */
  readonly uninstalled: boolean;
  /** A path with its links resolved, as far as it exists. */
  realPath(path: string): string;
}

export interface Judgement {
  /** In the requests' order. */
  readonly verdicts: readonly Verdict[];
  /** What the host will be asked to hold when the accepted requests are persisted and the removed ones gone. */
  readonly after: HostDesired;
  /** What yields to a later claim, because this host was away when it was given up elsewhere. */
  readonly superseded: readonly Desired[];
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
    const claimed = outcomeOf(before, changes, verdicts);
    const superseded = supersededIn(changes, verdicts, claimed, facts);
    const gone = new Set(superseded);
    const after = new Map([...claimed].filter(([, desired]) => !gone.has(desired)));
    const [index, message] = latestInConflict(changes, verdicts, after, facts) ?? [];
    if (index === undefined || message === undefined) return { verdicts, after, superseded };
    verdicts[index] = refused(message);
  }
}

/**
 * What yields to requests that may supersede: whatever of the same stack was asked for earlier and claims the same. This host was away while that was deleted, or moved, and nobody will
 * come back to say so.
 */
function supersededIn(
  changes: readonly Change[],
  verdicts: readonly Verdict[],
  claimed: HostDesired,
  facts: HostFacts,
): Desired[] {
  const asked = new Set(changes.map(keyOf));
  const later = changes.flatMap((change, index) => {
    const verdict = verdicts[index];
    return change.op === "apply" && change.supersede === true && verdict?.kind === "apply" ? [verdict.desired] : [];
  });
  if (later.length === 0) return [];
  const earlier = conflictsOf(claimed, (path) => facts.realPath(path)).flatMap(({ parties }) =>
    later
      .filter(({ spec }) => parties.includes(targetKey(targetOf(spec))))
      .flatMap((one) =>
        parties
          .filter((party) => !asked.has(party))
          .flatMap((party) => claimed.get(party) ?? [])
          .filter((other) => isMember(other) && isSameStack(other, one) && other.generation < one.generation),
      ),
  );
  return [...new Set(earlier)];
}

function isMember({ spec }: Desired): boolean {
  return spec.kind !== "overlay";
}

function isSameStack(one: Desired, other: Desired): boolean {
  return one.owner.project === other.owner.project && one.owner.stack === other.owner.stack;
}

function judgeAlone(change: Change, before: HostDesired, stored: Stored, facts: HostFacts): Verdict {
  const target = targetOfChange(change);
  const obstructing = obstructs(change, stored.damaged);
  if (obstructing !== undefined) return refused(obstructing);
  const previous = before.get(keyOf(change));
  if (change.op === "remove") {
    if (stored.damaged.some((one) => isAbout(one, target))) return { kind: "remove", previous: undefined };
    const decided = judgeRemove(change, previous);
    if (decided === "gone" || previous === undefined) return { kind: "gone" };
    return decided === "remove" ? { kind: "remove", previous } : { kind: "refused", failure: decided };
  }
  const failure = refuseApply(change, previous);
  if (failure !== undefined) return { kind: "refused", failure };
  if (facts.uninstalled && change.spec.kind === "overlay") return { kind: "refused", failure: uninstalled };
  const obstacle = facts.obstacle(change);
  if (obstacle !== undefined) return refused(obstacle);
  const { owner, generation, spec } = change;
  return { kind: "apply", desired: { schemaVersion: 1, owner, generation, spec }, previous };
}

/**
 * Why a desired file that cannot be read is in the way of a request. Of other resources it is not, except that nothing can be done without the overlay's own. Its own resource may write it again, or go: unless
 * the file still says that it is another's.
 */
function obstructs(change: Change, damaged: readonly Damaged[]): string | undefined {
  const target = targetOfChange(change);
  const near = damaged.filter(({ overlay }) => overlay === target.overlay);
  const own = near.find((one) => isAbout(one, target));
  if (own !== undefined && own.uid !== undefined && own.uid !== change.owner.uid) {
    return `${describe(target)} exists on this host and is another resource's, but ${unreadableSentence(own)}`;
  }
  const removesOverlay = change.op === "remove" && target.kind === "overlay";
  const needed = removesOverlay ? near[0] : near.find((one) => one.target?.kind === "overlay" && one !== own);
  return needed === undefined ? undefined : `${describe(needed.target ?? target)}: ${unreadableSentence(needed)}`;
}

function isAbout(damaged: Damaged, target: Target): boolean {
  return damaged.target !== undefined && targetKey(damaged.target) === targetKey(target);
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
  const conflicts = new Map<string, Conflict>();
  for (const conflict of conflictsOf(after, (path) => facts.realPath(path))) {
    for (const party of conflict.parties) if (!conflicts.has(party)) conflicts.set(party, conflict);
  }
  for (let index = changes.length - 1; index >= 0; index--) {
    const [change, verdict] = [changes[index], verdicts[index]];
    if (change === undefined || verdict === undefined) continue;
    if (verdict.kind === "apply") {
      const key = keyOf(change);
      const reason = conflicts.get(key)?.message(key, verdict.previous === undefined) ?? whileLeaving(verdict, after);
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

/**
 * An overlay stays while containers of other stacks are on this host. Those of its own go with it: the engine deletes them before it, so one that is still here was deleted while this host did not answer. Records of
 * containers elsewhere go, too.
 */
function stillInUse(removed: Desired | undefined, after: HostDesired): string | undefined {
  if (removed?.spec.kind !== "overlay") return undefined;
  const others = othersHere(removed, after.values());
  if (others.length === 0) return undefined;
  return `${describe(targetOf(removed.spec))} has containers on this host: ${others.join(", ")}; remove them first`;
}

/** The containers on this host that live on an overlay and belong to other stacks than it, in words. */
export function othersHere(overlay: Desired, all: Iterable<Desired>): string[] {
  const overlays = new Map([[overlay.spec.overlay, overlay] as const]);
  const others = [...all].filter((one) => isHere(one, overlays) && !isSameStack(one, overlay));
  return others.map(({ spec, owner }) => `"${spec.kind === "container" ? spec.name : ""}" (${describeOwner(owner)})`);
}

/** The overlays of a host's desired state by their names. */
export function overlaysOf(all: HostDesired): Map<string, Desired> {
  const overlays = new Map<string, Desired>();
  for (const desired of all.values()) if (desired.spec.kind === "overlay") overlays.set(desired.spec.overlay, desired);
  return overlays;
}

const uninstalled: Failure = {
  code: "refused",
  message: "the agent was removed from this host with its last overlay while this session was open; run it again",
  uninstalled: true,
};

function refused(message: string): Verdict {
  return { kind: "refused", failure: { code: "refused", message } };
}
