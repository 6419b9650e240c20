import type { Fleet } from "./fleet.js";

/** What a test's program declares; values are what a user would write as arguments of the three resources. */
export interface Topology {
  readonly overlays: Readonly<Record<string, OverlayArguments>>;
  readonly containers: Readonly<Record<string, ContainerArguments>>;
  readonly neighEntries?: Readonly<Record<string, NeighArguments>>;
  /** What containers were called before, by their name now. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Overlays of other stacks, by the name that containers here call them by: the stack whose output of that name they are, or that output itself. */
  readonly references?: Readonly<Record<string, string | object>>;
  /** What the program adds to the connections of such an overlay, by its name and the host's. */
  readonly credentials?: Readonly<Record<string, Readonly<Record<string, HostArguments["connection"]>>>>;
}

export interface OverlayArguments {
  readonly hosts: Readonly<Record<string, HostArguments>>;
  readonly vni: number;
  readonly cidr: string;
  readonly gateway: string;
  readonly [argument: string]: unknown;
}

export interface HostArguments {
  readonly address: string;
  readonly connection: Readonly<Record<string, unknown>>;
}

export interface ContainerArguments {
  /** The name of an overlay of the same topology. */
  readonly overlay: string;
  readonly host: string;
  readonly ip: string;
  /** The resource's name unless given. */
  readonly name?: string;
  readonly [argument: string]: unknown;
}

export interface NeighArguments {
  readonly overlay: string;
  readonly ip: string;
  readonly mac: string;
  readonly vtep: string;
  readonly [argument: string]: unknown;
}

/** How a program reaches the fleet's hosts: pinned host keys, and a key file that is only named. */
export function hostArguments(
  fleet: Fleet,
  names = fleet.hosts.map((host) => host.name),
): Record<string, HostArguments> {
  return Object.fromEntries(
    names.map((name) => {
      const { address, hostKey } = fleet.host(name);
      return [name, { address, connection: { user: "root", hostKey, privateKeyPath: fleet.privateKeyPath } }];
    }),
  );
}

/** The main job: red and green on a, pink on b, as in the demonstration that the project comes from. */
export function mainJob(fleet: Fleet, overlay: Record<string, unknown> = {}): Topology {
  return {
    overlays: {
      lab: {
        vni: 42,
        cidr: "7.7.7.0/24",
        gateway: "7.7.7.1",
        namespace: "overns",
        hosts: hostArguments(fleet),
        ...overlay,
      },
    },
    containers: {
      red: { overlay: "lab", host: "a", ip: "7.7.7.2" },
      green: { overlay: "lab", host: "a", ip: "7.7.7.4" },
      pink: { overlay: "lab", host: "b", ip: "7.7.7.3" },
    },
  };
}
