import type { Owner } from "@overlaynet/core";
import { clean } from "../bag.js";
import type { Bag } from "../engine.js";
import type { Effort } from "../fleet.js";
import type { OwnerInput, Timeouts } from "../input/common.js";

/**
 * The form of outputs that this code writes; state of an earlier form is read, of a later one refused.
 * - 1: members have their overlay's hosts as a program gives them
 * - 2: each in a line, what all have in common once (input/host-text.ts)
 */
export const schemaVersion = 2;

/** Milliseconds that a host has for one request, when the program says nothing: an upload or a slow disk fits, a hang does not. */
const operationDeadline = 120_000;

/** What the state of a resource was made from. @throws Error when it was written by later code than this */
export function fromState(props: Bag): Bag {
  const version = props["schemaVersion"];
  if (typeof version === "number" && version > schemaVersion) {
    throw new Error(
      `this state was written by a newer version of the package overlaynet (schema ${version}, this one knows ${schemaVersion}); use that version`,
    );
  }
  return props;
}

/** A later generation than any before: the clock's milliseconds, so that it grows over the lives of resources too. */
export function nextGeneration(olds: Bag, now: number): number {
  const before = typeof olds["generation"] === "number" ? olds["generation"] : 0;
  return Math.max(before + 1, Math.floor(now));
}

/** What hosts are told of who asks. */
export function ownerOf(uid: string, { project, stack, resource }: OwnerInput): Owner {
  return { uid, project, stack, resource };
}

/** The program's limits in milliseconds. */
export function limitsOf(timeouts: Timeouts | undefined): Pick<Effort, "deadline" | "connect"> {
  const { operation, connect } = timeouts ?? {};
  return {
    deadline: operation === undefined ? operationDeadline : operation * 1000,
    connect: connect === undefined ? undefined : connect * 1000,
  };
}

/** The outputs: all inputs, what was computed, and only those reports that say something. */
export function outputs(
  inputs: Bag,
  computed: Bag,
  reports: Readonly<Record<string, ReadonlyMap<string, unknown>>>,
): Bag {
  const { __provider, drift: _drift, pending: _pending, leaving: _leaving, ...echoed } = inputs;
  const said = Object.entries(reports).filter(([, report]) => report.size > 0);
  const bags = said.map(([name, report]) => [name, Object.fromEntries(report)] as const);
  return clean({ ...echoed, ...computed, schemaVersion, ...Object.fromEntries(bags) });
}
