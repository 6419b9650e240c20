import {
  type Desired,
  driftOf,
  markOf,
  type OverlaySpec,
  type Plan,
  recordsOf,
  type Spec,
  type Target,
} from "@overlaynet/core";
import { recordsDrift } from "../records/index.js";
import type { EntryDrift } from "./entries.js";
import type { Host } from "./host.js";
import { publishedDrift } from "./publish.js";
import { planStructure } from "./structure.js";

/** What was seen of an overlay, for asking about its resources one by one. */
export interface OverlayDrift {
  readonly spec: OverlaySpec;
  readonly desired: readonly Desired[];
  readonly plan: Plan;
  readonly entries: readonly EntryDrift[];
}

/** Looks at an overlay and those namespaces of its that are named; changes nothing. */
export async function observeOverlay(
  host: Host,
  spec: OverlaySpec,
  desired: readonly Desired[],
  unreadable: readonly Target[],
  scope: readonly string[],
): Promise<OverlayDrift> {
  const wanted = { overlay: spec.overlay, desired, previous: desired, adopt: new Set<never>(), unreadable, scope };
  const { plan } = await planStructure(host, wanted);
  // Without the namespace or the device there are no tables to compare, and that they are missing says it all.
  const entries = deviceIsThere(plan, spec) ? host.entries.drift(spec) : [];
  return { spec, desired, plan, entries };
}

/** How one resource's part of the host differs from what was asked, in words. What belongs to no other resource is the overlay's. */
export async function driftOfResource(host: Host, seen: OverlayDrift, one: Desired): Promise<string[]> {
  const { spec, owner } = one;
  const words = spec.kind === "neigh" ? [] : driftOf(seen.plan, markOf(owner, spec));
  if (spec.kind !== "overlay") {
    const entries = seen.entries.filter((entry) => isAbout(entry, spec));
    return [...words, ...recordsDrift(seen.spec.storage, recordsOf([spec])), ...entries.map((entry) => entry.words)];
  }
  const nobodys = seen.entries.filter((entry) => !seen.desired.some((other) => isAbout(entry, other.spec)));
  const units = await host.units.drift(spec.overlay);
  return [...words, ...nobodys.map((entry) => entry.words), ...publishedDrift(host.paths, spec), ...units];
}

function isAbout({ about }: EntryDrift, spec: Spec): boolean {
  return spec.kind !== "overlay" && (spec.ip === about || spec.mac === about);
}

function deviceIsThere(plan: Plan, spec: OverlaySpec): boolean {
  const missing = [...plan.steps.filter((step) => step.op === "add"), ...plan.conflicts];
  return !missing.some(
    ({ object }) => (object.kind === "namespace" || object.kind === "vxlan") && object.namespace === spec.namespace,
  );
}
