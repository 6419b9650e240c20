import { type Action, type Actions, Do, stamp } from "@overlaynet/core/resolver/index";
import {
  type Ack,
  AF,
  describe,
  MessageBatch,
  NDA,
  NLM_F,
  NTF,
  NUD,
  type RouteConnection,
  RTM,
} from "../netlink/index.js";

/** What became of a number of actions. */
export interface Written {
  readonly failed: number;
  /** The first few failures, each a sentence. */
  readonly failures: readonly string[];
}

/** How many failures are told in words. */
export const failuresTold = 5;
const ENOENT = 2;
const ESRCH = 3;

/** `struct ndmsg`, then NDA_DST of four bytes, NDA_LLADDR of six and two of padding, NDA_PROTOCOL of one and three. */
const header = 12;
const destinationLength = 8;
const linkAddressLength = 12;
const protocolLength = 8;

/** Carries actions out on a device: each straight from numbers into the bytes that are sent, since a miss waits for it. */
export class EntryWriter {
  readonly #connection: RouteConnection;
  readonly #deviceIndex: number;
  readonly #batch = new MessageBatch();

  constructor(connection: RouteConnection, deviceIndex: number) {
    this.#connection = connection;
    this.#deviceIndex = deviceIndex;
  }

  /**
   * Carries actions out in order. What is gone already counts as deleted.
   *
   * @param permanent whether forwarding entries stay, or may age and give way to what the device learns
   * @param pause called after every so many: a time for other work
   * @throws NetlinkError when the kernel cannot be asked
   */
  write(actions: Actions, permanent: boolean, pause?: () => void): Written {
    let failed = 0;
    const failures: string[] = [];
    const batch = this.#batch;
    let start = 0;
    const refused = (index: number, ack: Ack): void => {
      if (hasWorked(actions.kindAt(start + index), ack)) return;
      failed += 1;
      if (failures.length < failuresTold) failures.push(`${words(actions.at(start + index))}: ${describe(ack)}`);
    };
    while (start < actions.length) {
      const end = Math.min(actions.length, start + MessageBatch.most);
      batch.clear();
      for (let index = start; index < end; index += 1) {
        this.#put(actions.kindAt(index), actions.keyAt(index), actions.valueAt(index), permanent);
      }
      this.#connection.execute(batch, refused);
      start = end;
      if (start < actions.length) pause?.();
    }
    return { failed, failures };
  }

  /**
   * Always REPLACE, never an exclusive create: a learnt entry would make that fail and take the path with it when it ages (moby#53663).
   * Deletions have the family and flags of what was written, or they would miss it (moby 7a12bbe5d3).
   */
  #put(kind: Do, key: number, value: number, permanent: boolean): void {
    switch (kind) {
      case Do.SetNeighbour: {
        const offset = this.#begin(RTM.NEWNEIGH, destinationLength + linkAddressLength + protocolLength);
        this.#fixed(offset, AF.INET, NUD.PERMANENT, 0);
        this.#destination(offset + header, key);
        this.#linkAddress(offset + header + destinationLength, value);
        this.#protocol(offset + header + destinationLength + linkAddressLength);
        break;
      }
      case Do.SetForwarding: {
        const offset = this.#begin(RTM.NEWNEIGH, destinationLength + linkAddressLength);
        if (permanent) this.#fixed(offset, AF.BRIDGE, NUD.PERMANENT | NUD.NOARP, NTF.SELF | NTF.EXT_LEARNED);
        else this.#fixed(offset, AF.BRIDGE, NUD.REACHABLE, NTF.SELF);
        this.#destination(offset + header, value);
        this.#linkAddress(offset + header + destinationLength, key);
        break;
      }
      case Do.DeleteNeighbour: {
        const offset = this.#begin(RTM.DELNEIGH, destinationLength);
        this.#fixed(offset, AF.INET, 0, 0);
        this.#destination(offset + header, key);
        break;
      }
      case Do.DeleteForwarding: {
        const offset = this.#begin(RTM.DELNEIGH, linkAddressLength);
        this.#fixed(offset, AF.BRIDGE, 0, NTF.SELF);
        this.#linkAddress(offset + header, key);
        break;
      }
    }
  }

  #begin(type: number, attributes: number): number {
    return this.#batch.begin(type, type === RTM.NEWNEIGH ? NLM_F.CREATE | NLM_F.REPLACE : 0, header + attributes);
  }

  #fixed(offset: number, family: number, state: number, flags: number): void {
    const { bytes } = this.#batch;
    bytes.writeUInt32LE(family, offset);
    bytes.writeInt32LE(this.#deviceIndex, offset + 4);
    bytes.writeUInt16LE(state, offset + 8);
    bytes.writeUInt16LE(flags, offset + 10);
  }

  #destination(offset: number, ip: number): void {
    const { bytes } = this.#batch;
    bytes.writeUInt16LE(8, offset);
    bytes.writeUInt16LE(NDA.DST, offset + 2);
    bytes.writeUInt32BE(ip, offset + 4);
  }

  #linkAddress(offset: number, mac: number): void {
    const { bytes } = this.#batch;
    bytes.writeUInt16LE(10, offset);
    bytes.writeUInt16LE(NDA.LLADDR, offset + 2);
    bytes.writeUInt16BE(Math.floor(mac / 0x1_0000_0000), offset + 4);
    bytes.writeUInt32BE(mac >>> 0, offset + 6);
    bytes.writeUInt16LE(0, offset + 10);
  }

  #protocol(offset: number): void {
    const { bytes } = this.#batch;
    bytes.writeUInt16LE(5, offset);
    bytes.writeUInt16LE(NDA.PROTOCOL, offset + 2);
    bytes.writeUInt32LE(stamp, offset + 4);
  }
}

function hasWorked(kind: Do, { errno }: Ack): boolean {
  const isDelete = kind === Do.DeleteNeighbour || kind === Do.DeleteForwarding;
  return errno === 0 || (isDelete && (errno === ENOENT || errno === ESRCH));
}

function words(action: Action): string {
  switch (action.do) {
    case "set-neighbour":
      return `neighbour ${action.ip} at ${action.mac} could not be written`;
    case "set-forwarding":
      return `forwarding entry ${action.mac} to ${action.vtep} could not be written`;
    case "delete-neighbour":
      return `neighbour ${action.ip} could not be deleted`;
    case "delete-forwarding":
      return `forwarding entry ${action.mac} could not be deleted`;
  }
}
