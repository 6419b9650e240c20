import type { Mark } from "./object.js";
import type { Owner, Spec } from "./spec.js";

/** What a {@link Mark} says: the resource that an object was made for. */
export interface MarkParts {
  readonly overlay: string;
  readonly kind: "overlay" | "container";
  /** The overlay's own name for an overlay. */
  readonly name: string;
  /** {@link Owner.uid} of the resource. */
  readonly uid: string;
}

const pattern = /^overlaynet:([a-z0-9-]+):(overlay|container):([a-z0-9-]+):([A-Za-z0-9._-]+)$/;

/** The mark of the objects that a resource asks of a host. A neighbour entry asks for none, it is a record only. */
export function markOf(owner: Owner, spec: Exclude<Spec, { kind: "neigh" }>): Mark {
  const name = spec.kind === "overlay" ? spec.overlay : spec.name;
  return formatMark({ overlay: spec.overlay, kind: spec.kind, name, uid: owner.uid });
}

/** One word without anything that `ip -batch` reads specially; at most 213 bytes where an alias holds 255 (IFALIASZ). */
export function formatMark(parts: MarkParts): Mark {
  return `overlaynet:${parts.overlay}:${parts.kind}:${parts.name}:${parts.uid}` as Mark;
}

/** Reads an alias found on a link; `undefined` when it is not one of ours. */
export function parseMark(alias: string | undefined): MarkParts | undefined {
  const [, overlay, kind, name, uid] = pattern.exec(alias ?? "") ?? [];
  if (overlay === undefined || name === undefined || uid === undefined) return undefined;
  return { overlay, kind: kind === "overlay" ? "overlay" : "container", name, uid };
}
