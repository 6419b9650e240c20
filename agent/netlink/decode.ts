import type { DecodedMessage } from "@overlaynet/core/operator/index";
import { readUint32, unmarshalAttributes } from "./attribute.js";
import { AF, NDA, NTF, NUD, RTM } from "./constants.js";
import type { Message } from "./message.js";
import { unmarshalNeighbour } from "./ndmsg.js";

/** Bytes of `struct ndmsg`, which attributes follow. */
const fixedLength = 12;

/** All that a message about a neighbour or forwarding entry says, for people; undefined when it is too short to be one. */
export function decodeNeighbour({
  type,
  flags,
  payload,
}: Pick<Message, "type" | "flags" | "payload">): DecodedMessage | undefined {
  const entry = unmarshalNeighbour(payload);
  if (entry === undefined) return undefined;
  return {
    type: nameIn(RTM, "RTM_", type),
    flags,
    family: nameIn(AF, "AF_", entry.family),
    ifindex: entry.interfaceIndex,
    state: namesIn(NUD, "NUD_", entry.state),
    entryFlags: namesIn(NTF, "NTF_", entry.flags),
    entryType: entry.type,
    attributes: unmarshalAttributes(payload.subarray(fixedLength)).map((attribute) => ({
      name: nameIn(NDA, "NDA_", attribute.type),
      value: valueOf(attribute.type, attribute.data),
    })),
  };
}

/** An IP address in dotted decimal, or as eight groups; other lengths in hexadecimal. */
export function addressInWords(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  return bytes.length === 16 ? (bytes.toString("hex").match(/.{4}/g) ?? []).join(":") : hexadecimal(bytes);
}

/** A link address, colons between its bytes. */
export function linkAddressInWords(bytes: Buffer): string {
  return (bytes.toString("hex").match(/../g) ?? []).join(":");
}

/** An attribute's value by its kind (nda_policy in net/core/neighbour.c); what has not the length of its kind is shown as it is. */
function valueOf(type: number, data: Buffer): string {
  switch (type) {
    case NDA.DST:
      return addressInWords(data);
    case NDA.LLADDR:
      return linkAddressInWords(data);
    case NDA.CACHEINFO:
      return data.length === 16 ? cacheInfo(data) : hexadecimal(data);
    case NDA.PORT:
      return data.length === 2 ? String(data.readUInt16BE(0)) : hexadecimal(data);
    case NDA.VLAN:
      return data.length === 2 ? String(data.readUInt16LE(0)) : hexadecimal(data);
    case NDA.PROTOCOL:
      return data.length === 1 ? String(data.readUInt8(0)) : hexadecimal(data);
    case NDA.PROBES:
    case NDA.VNI:
    case NDA.IFINDEX:
    case NDA.MASTER:
    case NDA.LINK_NETNSID:
    case NDA.SRC_VNI:
    case NDA.NH_ID:
      return String(readUint32(data) ?? hexadecimal(data));
    default:
      return hexadecimal(data);
  }
}

/** `struct nda_cacheinfo`: times since then in clock ticks, a hundredth of a second each on both processors that an agent runs on. */
function cacheInfo(data: Buffer): string {
  const names = ["confirmed", "used", "updated", "refcnt"];
  return names.map((name, index) => `${name} ${data.readUInt32LE(4 * index)}`).join(" ");
}

function hexadecimal(bytes: Buffer): string {
  return `0x${bytes.toString("hex")}`;
}

function nameIn(table: Readonly<Record<string, number>>, prefix: string, value: number): string {
  const found = Object.entries(table).find(([, number]) => number === value);
  return found === undefined ? String(value) : prefix + found[0];
}

/** The names of the bits that are set; those without a name together as a number. */
function namesIn(table: Readonly<Record<string, number>>, prefix: string, bits: number): string[] {
  const named = Object.entries(table).filter(([, bit]) => (bits & bit) !== 0);
  const rest = named.reduce((left, [, bit]) => left & ~bit, bits);
  return [...named.map(([name]) => prefix + name), ...(rest === 0 ? [] : [`0x${rest.toString(16)}`])];
}
