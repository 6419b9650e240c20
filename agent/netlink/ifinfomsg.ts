import {
  type Attribute,
  marshalAttributes,
  readText,
  readUint32,
  text,
  uint32,
  unmarshalAttributes,
} from "./attribute.js";
import { IFLA, IFLA_INFO } from "./constants.js";

/** A link: `struct ifinfomsg` and those of its attributes that are of use here (linux/rtnetlink.h, linux/if_link.h). */
export interface LinkMessage {
  readonly family: number;
  /** ARPHRD_* */
  readonly type: number;
  readonly interfaceIndex: number;
  /** IFF_* */
  readonly flags: number;
  readonly name?: string;
  readonly address?: Buffer;
  readonly mtu?: number;
  /** The index of the bridge whose port it is. */
  readonly master?: number;
  /** Of a veth: the index of its other end, in whatever namespace that is. */
  readonly link?: number;
  /** `vxlan`, `bridge`, `veth` … */
  readonly kind?: string;
}

const fixedLength = 16;

export function marshalLink(message: LinkMessage): Buffer {
  const attributes: Attribute[] = [];
  if (message.name !== undefined) attributes.push(text(IFLA.IFNAME, message.name));
  if (message.address) attributes.push({ type: IFLA.ADDRESS, data: message.address });
  if (message.mtu !== undefined) attributes.push(uint32(IFLA.MTU, message.mtu));
  if (message.master !== undefined) attributes.push(uint32(IFLA.MASTER, message.master));
  if (message.link !== undefined) attributes.push(uint32(IFLA.LINK, message.link));
  if (message.kind !== undefined) {
    attributes.push({ type: IFLA.LINKINFO, data: marshalAttributes([text(IFLA_INFO.KIND, message.kind)]) });
  }
  const bytes = marshalAttributes(attributes, fixedLength);
  bytes.writeUInt8(message.family, 0);
  bytes.writeUInt16LE(message.type, 2);
  bytes.writeInt32LE(message.interfaceIndex, 4);
  bytes.writeUInt32LE(message.flags, 8);
  return bytes;
}

/** The link that a payload describes, or undefined when it is too short to be one. */
export function unmarshalLink(payload: Buffer): LinkMessage | undefined {
  if (payload.length < fixedLength) return undefined;
  const message: { -readonly [Key in keyof LinkMessage]: LinkMessage[Key] } = {
    family: payload.readUInt8(0),
    type: payload.readUInt16LE(2),
    interfaceIndex: payload.readInt32LE(4),
    flags: payload.readUInt32LE(8),
  };
  for (const { type, data } of unmarshalAttributes(payload.subarray(fixedLength))) {
    const number = readUint32(data);
    if (type === IFLA.IFNAME) message.name = readText(data);
    else if (type === IFLA.ADDRESS) message.address = data;
    else if (type === IFLA.MTU && number !== undefined) message.mtu = number;
    else if (type === IFLA.MASTER && number !== undefined) message.master = number;
    else if (type === IFLA.LINK && number !== undefined) message.link = number;
    else if (type === IFLA.LINKINFO) {
      const kind = unmarshalAttributes(data).find((attribute) => attribute.type === IFLA_INFO.KIND);
      if (kind) message.kind = readText(kind.data);
    }
  }
  return message;
}
