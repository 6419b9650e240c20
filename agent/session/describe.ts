import type { Desired, Owner, Target } from "@overlaynet/core";
import { isLocal } from "@overlaynet/core/desired/expand";

/** A resource in words: `container "red" of overlay "lab"`. */
export function describe(target: Target): string {
  if (target.kind === "overlay") return `overlay "${target.overlay}"`;
  const kind = target.kind === "neigh" ? "neighbour entry" : "container";
  return `${kind} "${target.name}" of overlay "${target.overlay}"`;
}

/** Whose something is, in words: `"red" of shop/production`. */
export function describeOwner(owner: Owner): string {
  return `resource "${owner.resource}" of ${owner.project}/${owner.stack}`;
}

/** True for a container that has its namespace on this host, not only a record. */
export function isHere(desired: Desired, overlays: ReadonlyMap<string, Desired>): boolean {
  const overlay = overlays.get(desired.spec.overlay)?.spec;
  return desired.spec.kind === "container" && overlay?.kind === "overlay" && isLocal(overlay, desired.spec);
}
