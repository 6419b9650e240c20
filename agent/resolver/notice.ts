import type { EntryEvent, Miss } from "@overlaynet/core/resolver/index";
import { ipFromBytes, macFromBytes, readForwarding, readNeighbour } from "../entries/index.js";
import { AF, IFF_UP, type Message, RTM, unmarshalLink, unmarshalNeighbour } from "../netlink/index.js";

/** What a message of the kernel means to the resolver of one device. */
export type Notice =
  | { readonly is: "miss"; readonly miss: Miss }
  | { readonly is: "entry"; readonly event: EntryEvent }
  | {
      readonly is: "link";
      readonly index: number;
      readonly gone: boolean;
      readonly name: string | undefined;
      readonly up: boolean;
    }
  /** Of other devices, or of no use. */
  | { readonly is: "other" }
  | { readonly is: "malformed" };

const other: Notice = { is: "other" };
const malformed: Notice = { is: "malformed" };

/** Reads a message. All links are told, misses and entries only of the device with this index. */
export function readNotice(message: Message, deviceIndex: number): Notice {
  switch (message.type) {
    case RTM.GETNEIGH:
      return readMiss(message.payload, deviceIndex);
    case RTM.NEWNEIGH:
    case RTM.DELNEIGH:
      return readEntry(message.payload, deviceIndex, message.type === RTM.DELNEIGH);
    case RTM.NEWLINK:
    case RTM.DELLINK: {
      const link = unmarshalLink(message.payload);
      if (link === undefined) return malformed;
      // With family AF_BRIDGE the same types speak of a bridge's ports: a port that leaves is no link that goes (br_ifinfo_notify).
      if (link.family !== AF.UNSPEC) return other;
      const up = (link.flags & IFF_UP) !== 0;
      return { is: "link", index: link.interfaceIndex, gone: message.type === RTM.DELLINK, name: link.name, up };
    }
    default:
      return other;
  }
}

/**
 * The family does not tell the layers apart: an L2 miss, which has no address, comes as AF_INET (vxlan_fdb_info, where the type is
 * RTM_GETNEIGH). What it lacks does: an L3 miss names an IP, an L2 miss a MAC.
 */
function readMiss(payload: Buffer, deviceIndex: number): Notice {
  const message = unmarshalNeighbour(payload);
  if (message === undefined) return malformed;
  if (message.interfaceIndex !== deviceIndex) return other;
  const { family, destination, linkAddress } = message;
  if (destination !== undefined) {
    if (family === AF.INET6) return { is: "miss", miss: { layer: "ipv6" } };
    const ip = ipFromBytes(destination);
    return ip === undefined ? malformed : { is: "miss", miss: { layer: "l3", ip } };
  }
  const mac = macFromBytes(linkAddress);
  return mac === undefined ? malformed : { is: "miss", miss: { layer: "l2", mac } };
}

function readEntry(payload: Buffer, deviceIndex: number, gone: boolean): Notice {
  const message = unmarshalNeighbour(payload);
  if (message === undefined) return malformed;
  if (message.interfaceIndex !== deviceIndex) return other;
  if (message.family === AF.BRIDGE) {
    const entry = readForwarding(message);
    return entry ? { is: "entry", event: { table: "forwarding", gone, entry } } : other;
  }
  const entry = readNeighbour(message);
  return entry ? { is: "entry", event: { table: "neighbour", gone, entry } } : other;
}
