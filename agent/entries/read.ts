import type { Ip, Mac } from "@overlaynet/core/model/index";
import { type Forwarding, type KernelEntries, type Neighbour, stamp } from "@overlaynet/core/resolver/index";
import {
  AF,
  marshalNeighbour,
  type NeighbourMessage,
  NTF,
  NUD,
  type RouteConnection,
  RTM,
  unmarshalNeighbour,
} from "../netlink/index.js";
import { ipFromBytes, macFromBytes } from "./address.js";

const permanentStates = NUD.PERMANENT | NUD.NOARP;

/** The IPv4 neighbour that a message describes; undefined for anything else. */
export function readNeighbour(message: NeighbourMessage): Neighbour | undefined {
  const ip = message.family === AF.INET ? ipFromBytes(message.destination) : undefined;
  if (ip === undefined) return undefined;
  return {
    ip,
    mac: macFromBytes(message.linkAddress),
    permanent: (message.state & permanentStates) !== 0,
    own: message.protocol === stamp,
  };
}

/**
 * The forwarding entry of a VXLAN device that a message describes; undefined for anything else: the bridge's own entry of a port, which
 * comes in the same dump without NTF_SELF, group addresses, a default entry.
 */
export function readForwarding(message: NeighbourMessage): Forwarding | undefined {
  if (message.family !== AF.BRIDGE || (message.flags & NTF.SELF) === 0 || message.master !== undefined)
    return undefined;
  const mac = macFromBytes(message.linkAddress);
  if (mac === undefined) return undefined;
  const permanent = (message.state & permanentStates) !== 0;
  const { port, vni, outInterface, nexthop } = message;
  return {
    mac,
    vtep: ipFromBytes(message.destination),
    permanent,
    own: permanent && (message.flags & NTF.EXT_LEARNED) !== 0,
    plain: port === undefined && vni === undefined && outInterface === undefined && nexthop === undefined,
  };
}

/** A device's two tables. @throws NetlinkError */
export function readEntries(connection: RouteConnection, deviceIndex: number): KernelEntries {
  const neighbours = new Map<Ip, Neighbour>();
  for (const entry of dump(connection, AF.INET, deviceIndex, readNeighbour)) neighbours.set(entry.ip, entry);
  const forwarding = new Map<Mac, Forwarding>();
  for (const entry of dump(connection, AF.BRIDGE, deviceIndex, readForwarding)) {
    // The kernel lists an entry once for each of its destinations.
    forwarding.set(entry.mac, forwarding.has(entry.mac) ? { ...entry, plain: false } : entry);
  }
  return { neighbours, forwarding };
}

/** Neighbours are filtered by attribute, forwarding entries by the header's field (neigh_valid_dump_req, valid_fdb_dump_strict); both are checked here again. */
function dump<T>(
  connection: RouteConnection,
  family: number,
  deviceIndex: number,
  read: (message: NeighbourMessage) => T | undefined,
): T[] {
  const common = { family, state: 0, flags: 0, type: 0 };
  const filter: NeighbourMessage =
    family === AF.BRIDGE
      ? { ...common, interfaceIndex: deviceIndex }
      : { ...common, interfaceIndex: 0, outInterface: deviceIndex };
  return connection.dump({ type: RTM.GETNEIGH, flags: 0, payload: marshalNeighbour(filter) }, ({ type, payload }) => {
    const message = type === RTM.NEWNEIGH ? unmarshalNeighbour(payload) : undefined;
    return message?.interfaceIndex === deviceIndex ? read(message) : undefined;
  });
}
