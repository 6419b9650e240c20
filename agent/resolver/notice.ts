import { ForwardingReading, ipv4, NeighbourReading, unicastMac } from "../entries/index.js";
import {
  absent,
  AF,
  IFF_UP,
  type LinkMessage,
  type MessagePlace,
  NeighbourView,
  RTM,
  unmarshalLink,
} from "../netlink/index.js";

/**
 * What a message of the kernel means to the resolver of one device.
 * - `l3`, `l2`, `ipv6`: a miss
 * - `neighbour`, `forwarding`: an entry was written or deleted, by whomever
 * - `other`: of other devices, or of no use
 */
export type Notice = "l3" | "l2" | "ipv6" | "neighbour" | "forwarding" | "link" | "other" | "malformed";

/** Reads the kernel's messages, one after the other: what it says of one holds until the next. */
export class NoticeReader {
  /** Of an L3 miss the IP, of an L2 miss the MAC, as numbers. */
  address = 0;
  /** Whether the entry or the link was deleted. */
  gone = false;
  readonly neighbour = new NeighbourReading();
  readonly forwarding = new ForwardingReading();
  link: LinkMessage | undefined;
  readonly #deviceIndex: number;
  readonly #view = new NeighbourView();

  /** @param deviceIndex of the VXLAN device: misses and entries of others are `other`; all links are told */
  constructor(deviceIndex: number) {
    this.#deviceIndex = deviceIndex;
  }

  read({ type, bytes, start, end }: MessagePlace): Notice {
    switch (type) {
      case RTM.GETNEIGH:
        return this.#isOurs(bytes, start, end) ?? this.#readMiss();
      case RTM.NEWNEIGH:
      case RTM.DELNEIGH:
        this.gone = type === RTM.DELNEIGH;
        return this.#isOurs(bytes, start, end) ?? this.#readEntry();
      case RTM.NEWLINK:
      case RTM.DELLINK:
        this.gone = type === RTM.DELLINK;
        this.link = unmarshalLink(bytes.subarray(start, end));
        if (this.link === undefined) return "malformed";
        // With family AF_BRIDGE the same types speak of a bridge's ports: a port that leaves is no link that goes (br_ifinfo_notify).
        return this.link.family === AF.UNSPEC ? "link" : "other";
      default:
        return "other";
    }
  }

  /** Undefined for a message of the device. */
  #isOurs(bytes: Buffer, start: number, end: number): Notice | undefined {
    if (!this.#view.read(bytes, start, end)) return "malformed";
    return this.#view.interfaceIndex === this.#deviceIndex ? undefined : "other";
  }

  /**
   * The family does not tell the layers apart: an L2 miss, which has no address, comes as AF_INET (vxlan_fdb_info, where the type is
   * RTM_GETNEIGH). What it lacks does: an L3 miss names an IP, an L2 miss a MAC.
   */
  #readMiss(): Notice {
    const { family, destination, linkAddress } = this.#view;
    if (destination === absent) {
      this.address = unicastMac(linkAddress);
      return this.address === 0 ? "malformed" : "l2";
    }
    if (family === AF.INET6) return "ipv6";
    this.address = ipv4(destination);
    return this.address < 0 ? "malformed" : "l3";
  }

  #readEntry(): Notice {
    if (this.#view.family === AF.BRIDGE) return this.forwarding.take(this.#view) ? "forwarding" : "other";
    return this.neighbour.take(this.#view) ? "neighbour" : "other";
  }
}

/** Whether a link that was told of is up. */
export function isUp({ flags }: LinkMessage): boolean {
  return (flags & IFF_UP) !== 0;
}
