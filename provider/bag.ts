import { isDeepStrictEqual } from "node:util";
import type { Bag } from "./engine.js";

/** What the dynamic provider's host gives, at preview, for a value of any type that is not known yet (npm: runtime/rpc.js). */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True for a value that is not known yet. */
export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** True for an object with named members: not null, not an array. */
export function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The value as JSON that the engine's protobuf Struct takes: members that are undefined, or nothing JSON can say, are left out. Anything else in a returned bag makes the call fail with
 * "Unexpected struct type" after the work was done, which would orphan what was made (pulumi/pulumi#2205).
 */
export function clean(bag: Bag): Bag {
  return Object.fromEntries(
    Object.entries(bag).flatMap(([key, value]) => {
      const kept = cleanValue(value);
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

function cleanValue(value: unknown): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : undefined;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item) => cleanValue(item) ?? null);
      return isPlain(value) ? clean(value as Bag) : undefined;
    default:
      return undefined;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** True when both are the same JSON, whatever the order of their members. */
export function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(normal(one), normal(other));
}

function normal(value: unknown): unknown {
  return isBag(value) ? clean(value) : cleanValue(value);
}
