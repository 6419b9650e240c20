import { type Attribute, marshalAttributes, readUint32, uint32, uint8, unmarshalAttributes } from "./attribute.js";
import { NDA, NLA_TYPE_MASK } from "./constants.js";
import { align } from "./message.js";

/**
 * An entry of a neighbour table or, with family AF_BRIDGE, of a forwarding table: `struct ndmsg` and its attributes (linux/neighbour.h).
 * The kernel's misses have the same form: RTM_GETNEIGH, state NUD_STALE, both with an IP family, L3 with `destination`, L2 with `linkAddress`
 * (vxlan_ip_miss and vxlan_fdb_miss in drivers/net/vxlan/vxlan_core.c).
 */
export interface NeighbourMessage {
  readonly family: number;
  readonly interfaceIndex: number;
  /** NUD_* */
  readonly state: number;
  /** NTF_* */
  readonly flags: number;
  /** RTN_*, of no use here */
  readonly type: number;
  /** Neighbour table: the neighbour's IP. Forwarding table of a VXLAN device: the VTEP. Four bytes or sixteen. */
  readonly destination?: Buffer;
  readonly linkAddress?: Buffer;
  /** Who wrote a neighbour entry: an RTPROT_* number. */
  readonly protocol?: number;
  /** A forwarding entry that leaves the device's own way carries where it goes instead; the kernel omits what is the device's default. */
  readonly port?: number;
  readonly vni?: number;
  readonly outInterface?: number;
  readonly nexthop?: number;
  /** The bridge that an entry of a bridge's own table belongs to. */
  readonly master?: number;
}

const fixedLength = 12;
const attributeHeader = 4;

export function marshalNeighbour(message: NeighbourMessage): Buffer {
  const attributes: Attribute[] = [];
  if (message.destination) attributes.push({ type: NDA.DST, data: message.destination });
  if (message.linkAddress) attributes.push({ type: NDA.LLADDR, data: message.linkAddress });
  if (message.protocol !== undefined) attributes.push(uint8(NDA.PROTOCOL, message.protocol));
  if (message.port !== undefined) attributes.push(bigEndianPort(message.port));
  if (message.vni !== undefined) attributes.push(uint32(NDA.VNI, message.vni));
  if (message.outInterface !== undefined) attributes.push(uint32(NDA.IFINDEX, message.outInterface));
  if (message.nexthop !== undefined) attributes.push(uint32(NDA.NH_ID, message.nexthop));
  if (message.master !== undefined) attributes.push(uint32(NDA.MASTER, message.master));
  const bytes = marshalAttributes(attributes, fixedLength);
  bytes.writeUInt8(message.family, 0);
  bytes.writeInt32LE(message.interfaceIndex, 4);
  bytes.writeUInt16LE(message.state, 8);
  bytes.writeUInt8(message.flags, 10);
  bytes.writeUInt8(message.type, 11);
  return bytes;
}

/** The entry that a payload describes, or undefined when it is too short to be one. Attributes that are not of the length they should have are left out. */
export function unmarshalNeighbour(payload: Buffer): NeighbourMessage | undefined {
  if (payload.length < fixedLength) return undefined;
  const message: { -readonly [Key in keyof NeighbourMessage]: NeighbourMessage[Key] } = {
    family: payload.readUInt8(0),
    interfaceIndex: payload.readInt32LE(4),
    state: payload.readUInt16LE(8),
    flags: payload.readUInt8(10),
    type: payload.readUInt8(11),
  };
  for (const { type, data } of unmarshalAttributes(payload.subarray(fixedLength))) {
    switch (type) {
      case NDA.DST:
        message.destination = data;
        break;
      case NDA.LLADDR:
        message.linkAddress = data;
        break;
      case NDA.PROTOCOL:
        if (data.length === 1) message.protocol = data.readUInt8(0);
        break;
      case NDA.PORT:
        if (data.length === 2) message.port = data.readUInt16BE(0);
        break;
      case NDA.VNI:
        setWhenRead(readUint32(data), (value) => (message.vni = value));
        break;
      case NDA.IFINDEX:
        setWhenRead(readUint32(data), (value) => (message.outInterface = value));
        break;
      case NDA.NH_ID:
        setWhenRead(readUint32(data), (value) => (message.nexthop = value));
        break;
      case NDA.MASTER:
        setWhenRead(readUint32(data), (value) => (message.master = value));
        break;
    }
  }
  return message;
}

function setWhenRead(value: number | undefined, set: (value: number) => void): void {
  if (value !== undefined) set(value);
}

/** NDA_PORT is the one number of this message in network byte order. */
function bigEndianPort(port: number): Attribute {
  const data = Buffer.alloc(2);
  data.writeUInt16BE(port, 0);
  return { type: NDA.PORT, data };
}

/** An attribute's bytes as a number, `absent` where there are none, `odd` where there are not four of an IP or six of a MAC. */
export const absent = -1;
export const odd = -2;

/**
 * A neighbour message without an object or a view for any of its parts, to be used again for the next: what of {@link NeighbourMessage} a
 * resolver looks at, with addresses as numbers.
 */
export class NeighbourView {
  family = 0;
  interfaceIndex = 0;
  state = 0;
  flags = 0;
  /** IPv4, or {@link absent}, or {@link odd}: IPv6. */
  destination = absent;
  /** MAC, or {@link absent}, or {@link odd}. */
  linkAddress = absent;
  protocol = absent;
  /** Whether a forwarding entry leaves the device's own way: by a port, VNI, interface or nexthop of its own. */
  detours = false;
  /** Whether the entry is of a bridge's own table. */
  ofBridge = false;

  /** Reads the payload between two places. Answers false when it is too short to be one. */
  read(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < fixedLength) return false;
    this.family = bytes.readUInt8(start);
    this.interfaceIndex = bytes.readInt32LE(start + 4);
    this.state = bytes.readUInt16LE(start + 8);
    this.flags = bytes.readUInt8(start + 10);
    this.destination = this.linkAddress = this.protocol = absent;
    this.detours = this.ofBridge = false;
    let offset = start + fixedLength;
    while (offset + attributeHeader <= end) {
      const length = bytes.readUInt16LE(offset);
      if (length < attributeHeader || offset + length > end) break;
      this.#take(
        bytes,
        bytes.readUInt16LE(offset + 2) & NLA_TYPE_MASK,
        offset + attributeHeader,
        length - attributeHeader,
      );
      offset += align(length);
    }
    return true;
  }

  #take(bytes: Buffer, type: number, offset: number, length: number): void {
    switch (type) {
      case NDA.DST:
        this.destination = length === 4 ? bytes.readUInt32BE(offset) : odd;
        break;
      case NDA.LLADDR:
        this.linkAddress = length === 6 ? bytes.readUIntBE(offset, 6) : odd;
        break;
      case NDA.PROTOCOL:
        if (length === 1) this.protocol = bytes.readUInt8(offset);
        break;
      case NDA.PORT:
        this.detours ||= length === 2;
        break;
      case NDA.VNI:
      case NDA.IFINDEX:
      case NDA.NH_ID:
        this.detours ||= length === 4;
        break;
      case NDA.MASTER:
        this.ofBridge ||= length === 4;
        break;
    }
  }
}
