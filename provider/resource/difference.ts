import { isBag, isUnknown, same } from "../bag.js";
import type { Bag, DiffResult } from "../engine.js";
import { hostOfText, hostText } from "../input/host-text.js";

/** Inputs that no host is told: a change of these alone is bookkeeping. */
const bookkeeping = new Set(["owner", "adopt", "deleteUnreachable", "timeouts"]);

/**
 * What a change means, from what the last call put out and what is asked for now. Who owns a resource is for messages only and is no change.
 *
 * @param fields the names of the resource's inputs
 * @param identity those that a live resource cannot change
 */
export function difference(fields: readonly string[], identity: readonly string[], olds: Bag, news: Bag): DiffResult {
  const changed = fields.filter((field) => field !== "owner" && !same(meant(field, olds), meant(field, news)));
  const replaces = changed.filter((field) => identity.includes(field));
  if (replaces.length > 0) return { replaces, deleteBeforeReplace: true };
  // Undefined, not true: then the engine compares the inputs itself and shows each change (reference: pulumi.md, trap 18).
  if (changed.length > 0 || holds(olds["drift"])) return {};
  return { changes: holds(olds["pending"]) || holds(olds["leaving"]) };
}

/** Whether an update has anything to say to a host, or only to remember. */
export function touchesHosts(fields: readonly string[], olds: Bag, news: Bag): boolean {
  if (holds(olds["drift"]) || holds(olds["pending"]) || holds(olds["leaving"])) return true;
  return fields.some(
    (field) =>
      !bookkeeping.has(field) && !same(withoutConnections(meant(field, olds)), withoutConnections(meant(field, news))),
  );
}

/** The inputs among a bag's members. */
export function pick(fields: readonly string[], bag: Bag): Bag {
  return Object.fromEntries(fields.flatMap((field) => (bag[field] === undefined ? [] : [[field, bag[field]]])));
}

function holds(value: unknown): boolean {
  return isBag(value) && Object.keys(value).length > 0;
}

/** A field's value, and of a member's overlay the hosts in one form, whether in lines or not: a pinned key by its fingerprint alone. */
function meant(field: string, bag: Bag): unknown {
  const value = bag[field];
  if (field !== "overlay" || !isBag(value)) return value;
  const { hosts, connection, ...others } = value;
  if (!isBag(hosts)) return value;
  return { ...others, hosts: hostsMeant(hosts, typeof connection === "string" ? connection : undefined) };
}

function hostsMeant(hosts: Bag, common: string | undefined): Bag {
  return Object.fromEntries(
    Object.entries(hosts).map(([name, host]) => {
      if (typeof host === "string") return [name, hostOfText(host, common) ?? host];
      const text = hostText(host);
      return [name, text === undefined ? host : hostOfText(text)];
    }),
  );
}

function withoutConnections(value: unknown): unknown {
  if (!isBag(value) || isUnknown(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (key === "connection" ? [] : [[key, withoutConnections(member)]])),
  );
}
