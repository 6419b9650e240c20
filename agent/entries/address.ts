import { type Ip, ipToNumber, type Mac } from "@overlaynet/core/model/index";

/*
 * Addresses as the kernel's bytes. With the parse functions of the model these are the only makers of its types: a notice of the kernel is
 * well-formed by itself, and text that is made to be parsed again would be a third of what a miss costs.
 */

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The IPv4 address that four bytes are; undefined for IPv6's sixteen, and for nonsense. */
export function ipFromBytes(bytes: Buffer | undefined): Ip | undefined {
  if (bytes?.length !== 4) return undefined;
  return `${bytes.readUInt8(0)}.${bytes.readUInt8(1)}.${bytes.readUInt8(2)}.${bytes.readUInt8(3)}` as Ip;
}

/** The unicast MAC address that six bytes are; undefined for group addresses, for zero (a device's default entry), and for nonsense. */
export function macFromBytes(bytes: Buffer | undefined): Mac | undefined {
  if (bytes?.length !== 6 || (bytes.readUInt8(0) & 1) === 1) return undefined;
  const text = Array.from(bytes, (byte) => hex[byte]).join(":");
  return text === "00:00:00:00:00:00" ? undefined : (text as Mac);
}

export function bytesOfIp(ip: Ip): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(ipToNumber(ip), 0);
  return bytes;
}

/** Two digits each, at every third place. */
export function bytesOfMac(mac: Mac): Buffer {
  const bytes = Buffer.allocUnsafe(6);
  for (let index = 0; index < 6; index += 1) {
    bytes.writeUInt8((digit(mac, index * 3) << 4) | digit(mac, index * 3 + 1), index);
  }
  return bytes;
}

/** The value of the lower-case hexadecimal digit at a place. */
function digit(mac: Mac, place: number): number {
  const code = mac.charCodeAt(place);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
