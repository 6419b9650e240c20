import { type Desired, type Mark, markOf, type OverlaySpec, type Target, targetOf } from "@overlaynet/core";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Paths } from "../store/paths.js";
import { type Stored, targetKey, targetsOf } from "../store/desired.js";
import type { Wanted } from "../reconcile/structure.js";
import { isHere } from "./describe.js";
import type { HostDesired } from "./conflicts.js";
import { type Change, type Judgement, keyOf, overlaysOf } from "./judge.js";

/** The part of a batch that is about one overlay. */
export interface OverlayBatch {
  readonly overlay: string;
  readonly wanted: Wanted;
  /** The overlay's own desired state after the batch; undefined when it goes. */
  readonly own: (Desired & { readonly spec: OverlaySpec }) | undefined;
  /** True when nothing of the overlay is to stay: it is removed, or leaves this host and its last container has gone. */
  readonly goes: boolean;
  readonly applied: readonly Desired[];
}

/** The names of the overlays that a batch changes. */
export function overlaysIn(changes: readonly Change[]): string[] {
  return [...new Set(changes.map((change) => (change.op === "apply" ? change.spec.overlay : change.target.overlay)))];
}

/** What the judged batch comes to for one overlay. */
export function overlayBatch(
  paths: Paths,
  overlay: string,
  changes: readonly Change[],
  judgement: Judgement,
  before: Stored,
): OverlayBatch {
  const previous = before.desired.filter(({ spec }) => spec.overlay === overlay);
  const own = overlaysOf(judgement.after).get(overlay);
  const mine = ofOverlay(judgement.after, overlay);
  const staying = mine.filter((one) => isHere(one, overlaysOf(judgement.after)));
  const adopt = new Set<Mark>();
  const applied: Desired[] = [];
  const touched = new Set(judgement.superseded.map(({ spec }) => targetKey(targetOf(spec))));
  changes.forEach((change, index) => {
    const verdict = judgement.verdicts[index];
    if (verdict?.kind !== "apply" && verdict?.kind !== "remove") return;
    touched.add(keyOf(change));
    if (verdict.kind !== "apply" || verdict.desired.spec.overlay !== overlay) return;
    applied.push(verdict.desired);
    const { spec, owner } = verdict.desired;
    if (change.op === "apply" && change.adopt && spec.kind !== "neigh") adopt.add(markOf(owner, spec));
  });
  const leaves = isOverlay(own) && own.spec.leaving && staying.length === 0;
  const goes = !isOverlay(own) || leaves;
  const desired = goes ? [] : mine;
  const here = new Set(staying.map(({ spec }) => (spec.kind === "container" ? spec.name : "")));
  const damaged = targetsOf(before.damaged.filter((one) => one.overlay === overlay));
  const unreadable = damaged.filter((target) => !touched.has(targetKey(target)));
  const removed = damaged.filter((target) => touched.has(targetKey(target)));
  const scope = scopeOf(paths, touched, previous, desired, here, removed);
  return {
    overlay,
    own: isOverlay(own) && !goes ? own : undefined,
    goes,
    applied,
    wanted: { overlay, desired, previous, adopt, unreadable, scope },
  };
}

/**
 * The overlay's own namespace and those of the containers that the batch is about: two hundred others need not be looked at for one. A change of the overlay
 * itself (undefined) is about all; one of records alone, of containers elsewhere, about no namespace. A container of another host counts when its name is taken here: a move that was interrupted may
 * have left it.
 */
function scopeOf(
  paths: Paths,
  touched: ReadonlySet<string>,
  previous: readonly Desired[],
  desired: readonly Desired[],
  here: ReadonlySet<string>,
  unknown: readonly Target[],
): readonly string[] | undefined {
  const isNamed = (name: string): boolean => existsSync(join(paths.netns, name));
  const names = new Set(
    unknown.flatMap((target) => (target.kind === "container" ? [target.name] : [])).filter(isNamed),
  );
  const former = new Map(
    previous.flatMap((one) => (isOverlay(one) ? [[one.spec.overlay as string, one] as const] : [])),
  );
  const namespaces = new Set<string>();
  let structure = names.size > 0;
  for (const one of [...previous, ...desired]) {
    const { spec } = one;
    const isTouched = touched.has(targetKey(targetOf(spec)));
    if (spec.kind === "overlay") {
      if (isTouched) return undefined;
      namespaces.add(spec.namespace);
    } else if (isTouched && spec.kind === "container") {
      const stands = here.has(spec.name) || isNamed(spec.name);
      if (stands) names.add(spec.name);
      if (stands || isHere(one, former)) structure = true;
    }
  }
  return structure ? [...namespaces, ...names] : [];
}

function ofOverlay(all: HostDesired, overlay: string): Desired[] {
  return [...all.values()].filter(({ spec }) => spec.overlay === overlay);
}

function isOverlay(desired: Desired | undefined): desired is Desired & { readonly spec: OverlaySpec } {
  return desired?.spec.kind === "overlay";
}
