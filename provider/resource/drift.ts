import type { Spec } from "@overlaynet/core";
import type { ReadResult } from "@overlaynet/core/protocol";
import { isBag, same } from "../bag.js";

/** In what a host differs from what was asked of it: what its agent sees in its kernel, and where the host was asked for something else since. */
export function differsInWords(answer: ReadResult, want: Spec, what: string): string[] {
  if (!answer.found) return [`${what} is not there`];
  const asked = answer.spec === undefined ? [] : wishes(answer.spec, want);
  return [...asked, ...answer.drift];
}

function wishes(found: unknown, want: unknown): string[] {
  if (!isBag(found) || !isBag(want)) return [];
  const names = [...new Set([...Object.keys(want), ...Object.keys(found)])].sort();
  return names
    .filter((name) => !same(found[name], want[name]))
    .map((name) => `the host was asked for ${name} ${show(found[name])}, want ${show(want[name])}`);
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
