import {
  AF,
  type DumpReader,
  IFF_UP,
  marshalLink,
  NetlinkError,
  type RouteConnection,
  RTM,
  unmarshalLink,
} from "../netlink/index.js";

/** A link as it is now. The name can be another's tomorrow, the index never is (until the counter wraps). */
export interface Device {
  readonly name: string;
  readonly index: number;
  readonly kind: string | undefined;
  readonly up: boolean;
}

/** The link of a name, or undefined when the namespace has none. @throws NetlinkError */
export function findDevice(connection: RouteConnection, name: string): Device | undefined {
  return findDevices(connection, [name]).get(name);
}

/** Those links of the names that the namespace has. @throws NetlinkError */
export function findDevices(connection: RouteConnection, names: readonly string[]): ReadonlyMap<string, Device> {
  const request = { family: AF.UNSPEC, type: 0, interfaceIndex: 0, flags: 0 };
  const found = new Map<string, Device>();
  const reader: DumpReader = {
    begin: () => {
      found.clear();
    },
    read: ({ type, bytes, start, end }) => {
      const link = type === RTM.NEWLINK ? unmarshalLink(bytes.subarray(start, end)) : undefined;
      if (link?.name === undefined || !names.includes(link.name)) return;
      const { name, interfaceIndex: index, kind } = link;
      found.set(name, { name, index, kind, up: (link.flags & IFF_UP) !== 0 });
    },
  };
  connection.dump({ type: RTM.GETLINK, flags: 0, payload: marshalLink(request) }, reader);
  return found;
}

/** Why an overlay's entries could not be compared or written: a sentence for people, the cause attached where there is one. */
export class EntriesError extends Error {
  override readonly name = "EntriesError";
}

/** The VXLAN device of a name. @throws EntriesError when there is none, or it is of another kind; NetlinkError */
export function requireVxlan(connection: RouteConnection, name: string): Device {
  const device = findDevice(connection, name);
  if (device === undefined) throw new EntriesError(`the overlay's namespace has no device ${name}`);
  if (device.kind !== "vxlan") {
    throw new EntriesError(
      `${name} in the overlay's namespace is a ${device.kind ?? "device of no kind"}, not a vxlan device`,
    );
  }
  return device;
}

/** Turns what the kernel answered into a sentence about entries; passes others on. */
export function entriesError(operation: string, error: unknown): unknown {
  return error instanceof NetlinkError ? new EntriesError(`${operation}: ${error.message}`, { cause: error }) : error;
}
