import type { Connection } from "./input/connection.js";
import { isBag, isUnknown } from "./bag.js";
import { hostOfText } from "./input/host-text.js";

/** A host as a resource's inputs name it. */
export interface HostInput {
  /** Its underlay address: the VTEP, and where SSH connects to when the connection names no other. */
  readonly address: string;
  readonly connection?: Connection | undefined;
}

/** The hosts of an overlay by name. */
export type HostInputs = Readonly<Record<string, HostInput>>;

/** Hosts as members of an overlay keep them: each in a line, where one can say it ({@link hostsIn}). */
export type HostTexts = Readonly<Record<string, HostInput | string>>;

/** One host with its name. */
export interface Host extends HostInput {
  readonly name: string;
}

/** How messages call a host: `b (192.168.64.28)`. */
export function label(host: Host): string {
  return `${host.name} (${host.address})`;
}

/** The hosts in a stable order. */
export function listHosts(hosts: HostInputs): Host[] {
  return Object.keys(hosts)
    .sort()
    .map((name) => ({ name, ...(hosts[name] as HostInput) }));
}

/** The hosts without how they are reached: what decides whether a change is more than bookkeeping. */
export function addressesOf(hosts: HostInputs): Record<string, string> {
  return Object.fromEntries(listHosts(hosts).map((host) => [host.name, host.address]));
}

/** The hosts of a bag, lines read. @param common words of every line @throws Error for a line that is none: check lets none pass */
export function hostsIn(value: unknown, common?: string): HostInputs {
  if (!isBag(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, host]) => [name, hostIn(name, host, common)]));
}

function hostIn(name: string, value: unknown, common: string | undefined): HostInput {
  if (typeof value !== "string" || isUnknown(value)) return value as HostInput;
  const host = hostOfText(value, common);
  if (host === undefined) throw new Error(`the state's line about host ${name} cannot be read: ${value}`);
  return host;
}
