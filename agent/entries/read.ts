import {
  type Comparison,
  type Forwarding,
  type KernelEntries,
  type Neighbour,
  stamp,
} from "@overlaynet/core/resolver/index";
import {
  AF,
  type DumpReader,
  marshalNeighbour,
  type MessagePlace,
  type NeighbourMessage,
  NeighbourView,
  NTF,
  NUD,
  type Request,
  type RouteConnection,
  RTM,
} from "../netlink/index.js";
import { bytesOfIp, bytesOfMac, ipv4, unicastMac } from "./address.js";

const permanentStates = NUD.PERMANENT | NUD.NOARP;

/** A neighbour that was read; used again for the next. */
export class NeighbourReading implements Neighbour {
  ip = 0;
  mac = 0;
  permanent = false;
  own = false;

  /** Takes the IPv4 neighbour that a message describes; answers false for anything else. */
  take(message: NeighbourView): boolean {
    if (message.family !== AF.INET || ipv4(message.destination) < 0) return false;
    this.ip = message.destination;
    this.mac = unicastMac(message.linkAddress);
    this.permanent = (message.state & permanentStates) !== 0;
    this.own = message.protocol === stamp;
    return true;
  }
}

/** A forwarding entry that was read; used again for the next. */
export class ForwardingReading implements Forwarding {
  mac = 0;
  vtep = 0;
  permanent = false;
  own = false;
  plain = true;

  /**
   * Takes the forwarding entry of a VXLAN device that a message describes; answers false for anything else: the bridge's own entry of a
   * port, which comes in the same dump without NTF_SELF, group addresses, a default entry.
   */
  take(message: NeighbourView): boolean {
    if (message.family !== AF.BRIDGE || (message.flags & NTF.SELF) === 0 || message.ofBridge) return false;
    this.mac = unicastMac(message.linkAddress);
    if (this.mac === 0) return false;
    this.vtep = Math.max(0, message.destination);
    this.permanent = (message.state & permanentStates) !== 0;
    this.own = this.permanent && (message.flags & NTF.EXT_LEARNED) !== 0;
    this.plain = !message.detours;
    return true;
  }
}

/** Something that is told of entries, one after the other: they are valid only during the call. */
interface Seer<Entry> {
  begin(): void;
  see(entry: Entry): void;
}

/** Holds a device's tables against the records, without keeping them. @param pause called now and then: a time for other work, by another connection @throws NetlinkError */
export function compareTables(
  connection: RouteConnection,
  deviceIndex: number,
  { forwarding, neighbours }: Comparison,
  pause?: () => void,
): void {
  readForwarding(connection, deviceIndex, forwarding, pause);
  forwarding.finish();
  readNeighbours(connection, deviceIndex, neighbours, pause);
  neighbours.finish();
}

/**
 * Asks the kernel for the entries of a few keys alone and holds them against the records. Of a forwarding entry with several destinations
 * the kernel tells the first (vxlan_fdb_get): the others are found when whole tables are compared.
 *
 * @throws NetlinkError
 */
export function compareKeys(
  connection: RouteConnection,
  deviceIndex: number,
  { forwarding, neighbours }: Comparison,
  ips: Iterable<number>,
  macs: Iterable<number>,
): void {
  for (const mac of macs) {
    const entry = new ForwardingReading();
    if (connection.get(requestFor(AF.BRIDGE, deviceIndex, mac), reading(deviceIndex, entry))) forwarding.see(entry);
    else forwarding.absent(mac);
  }
  for (const ip of ips) {
    const entry = new NeighbourReading();
    if (connection.get(requestFor(AF.INET, deviceIndex, ip), reading(deviceIndex, entry))) neighbours.see(entry);
    else neighbours.absent(ip);
  }
}

/** A device's two tables, kept: for those who want to tell people of them. @throws NetlinkError */
export function readEntries(connection: RouteConnection, deviceIndex: number): KernelEntries {
  const neighbours = new Map<number, Neighbour>();
  readNeighbours(connection, deviceIndex, {
    begin: () => {
      neighbours.clear();
    },
    see: ({ ip, mac, permanent, own }) => neighbours.set(ip, { ip, mac, permanent, own }),
  });
  const forwarding = new Map<number, Forwarding>();
  readForwarding(connection, deviceIndex, {
    begin: () => {
      forwarding.clear();
    },
    see: ({ mac, vtep, permanent, own, plain }) => {
      // The kernel lists an entry once for each of its destinations.
      forwarding.set(mac, { mac, vtep, permanent, own, plain: plain && !forwarding.has(mac) });
    },
  });
  return { neighbours, forwarding };
}

function readNeighbours(
  connection: RouteConnection,
  deviceIndex: number,
  seer: Seer<Neighbour>,
  pause?: () => void,
): void {
  const entry = new NeighbourReading();
  const take = (view: NeighbourView): void => {
    if (entry.take(view)) seer.see(entry);
  };
  const begin = seer.begin.bind(seer);
  // Filtered by attribute, forwarding entries by the header's field (neigh_valid_dump_req, valid_fdb_dump_strict); both are checked here again.
  const filter = { family: AF.INET, interfaceIndex: 0, state: 0, flags: 0, type: 0, outInterface: deviceIndex };
  dump(connection, filter, deviceIndex, { begin, take, pause });
}

function readForwarding(
  connection: RouteConnection,
  deviceIndex: number,
  seer: Seer<Forwarding>,
  pause?: () => void,
): void {
  const entry = new ForwardingReading();
  const take = (view: NeighbourView): void => {
    if (entry.take(view)) seer.see(entry);
  };
  const begin = seer.begin.bind(seer);
  const filter = { family: AF.BRIDGE, interfaceIndex: deviceIndex, state: 0, flags: 0, type: 0 };
  dump(connection, filter, deviceIndex, { begin, take, pause });
}

function dump(
  connection: RouteConnection,
  filter: NeighbourMessage,
  deviceIndex: number,
  to: {
    readonly begin: () => void;
    readonly take: (view: NeighbourView) => void;
    readonly pause: (() => void) | undefined;
  },
): void {
  const view = new NeighbourView();
  const reader: DumpReader = {
    begin: to.begin,
    read: ({ type, bytes, start, end }) => {
      if (type !== RTM.NEWNEIGH || !view.read(bytes, start, end)) return;
      if (view.interfaceIndex === deviceIndex) to.take(view);
    },
    ...(to.pause ? { pause: to.pause } : {}),
  };
  connection.dump({ type: RTM.GETNEIGH, flags: 0, payload: marshalNeighbour(filter) }, reader);
}

/** The request for one entry: of an IP, or with AF_BRIDGE of a MAC in the device's own table (neigh_valid_get_req, rtnl_fdb_get). */
function requestFor(family: number, interfaceIndex: number, key: number): Request {
  const common = { family, interfaceIndex, state: 0, type: 0 };
  const message: NeighbourMessage =
    family === AF.BRIDGE
      ? { ...common, flags: NTF.SELF, linkAddress: bytesOfMac(key) }
      : { ...common, flags: 0, destination: bytesOfIp(key) };
  return { type: RTM.GETNEIGH, flags: 0, payload: marshalNeighbour(message) };
}

function reading(deviceIndex: number, entry: NeighbourReading | ForwardingReading): (message: MessagePlace) => void {
  const view = new NeighbourView();
  return ({ bytes, start, end }) => {
    if (!view.read(bytes, start, end) || view.interfaceIndex !== deviceIndex || !entry.take(view)) {
      throw new Error("the kernel answered with another entry than it was asked for");
    }
  };
}
