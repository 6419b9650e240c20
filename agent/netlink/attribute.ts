import { NLA_TYPE_MASK } from "./constants.js";
import { align } from "./message.js";

/** One attribute, `struct nlattr` and what follows it: a type, which means something only within its message, and bytes. */
export interface Attribute {
  readonly type: number;
  readonly data: Buffer;
}

const headerLength = 4;

/**
 * The attributes one after the other, each padded to four bytes (NLA_ALIGN), behind `before` zero bytes for the fixed part of a message: one
 * allocation for all, since a miss waits for it.
 */
export function marshalAttributes(attributes: readonly Attribute[], before = 0): Buffer {
  let length = before;
  for (const { data } of attributes) length += align(headerLength + data.length);
  const bytes = Buffer.allocUnsafe(length).fill(0);
  let offset = before;
  for (const { type, data } of attributes) {
    bytes.writeUInt16LE(headerLength + data.length, offset);
    bytes.writeUInt16LE(type, offset + 2);
    bytes.set(data, offset + headerLength);
    offset += align(headerLength + data.length);
  }
  return bytes;
}

/**
 * The attributes in the bytes, as views of them. Ends at the first one that is shorter than its header or longer than what is left:
 * what follows it cannot be found. The order is the kernel's affair and not fixed (vxlan_fdb_info puts NDA_LINK_NETNSID first when there is one).
 */
export function unmarshalAttributes(bytes: Buffer): Attribute[] {
  const attributes: Attribute[] = [];
  let offset = 0;
  while (offset + headerLength <= bytes.length) {
    const length = bytes.readUInt16LE(offset);
    if (length < headerLength || offset + length > bytes.length) break;
    attributes.push({
      type: bytes.readUInt16LE(offset + 2) & NLA_TYPE_MASK,
      data: bytes.subarray(offset + headerLength, offset + length),
    });
    offset += align(length);
  }
  return attributes;
}

/** An attribute that holds a number of 32 bits in the machine's byte order. */
export function uint32(type: number, value: number): Attribute {
  const data = Buffer.allocUnsafe(4);
  data.writeUInt32LE(value, 0);
  return { type, data };
}

/** An attribute that holds one byte. */
export function uint8(type: number, value: number): Attribute {
  return { type, data: Buffer.from([value]) };
}

/** An attribute that holds text and a zero byte. */
export function text(type: number, value: string): Attribute {
  return { type, data: Buffer.from(`${value}\0`) };
}

/** The number that an attribute's bytes are, or undefined when they are not four. */
export function readUint32(data: Buffer): number | undefined {
  return data.length === 4 ? data.readUInt32LE(0) : undefined;
}

/** The text before the first zero byte. */
export function readText(data: Buffer): string {
  const end = data.indexOf(0);
  return data.toString("utf8", 0, end === -1 ? data.length : end);
}
