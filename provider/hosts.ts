import type { Connection } from "./input/connection.js";
import type { Bag } from "./engine.js";

/** A host as a resource's inputs name it. */
export interface HostInput {
  /** Its underlay address: the VTEP, and where SSH connects to when the connection names no other. */
  readonly address: string;
  readonly connection?: Connection | undefined;
}

/** The hosts of an overlay by name. */
export type HostInputs = Readonly<Record<string, HostInput>>;

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

/** The hosts of a bag that came from state. */
export function hostsIn(value: unknown): HostInputs {
  return (value ?? {}) as Bag as unknown as HostInputs;
}
