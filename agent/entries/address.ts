import type { Ip, Mac } from "@overlaynet/core/model/index";

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
  return Buffer.from(ip.split(".").map(Number));
}

export function bytesOfMac(mac: Mac): Buffer {
  return Buffer.from(mac.replaceAll(":", ""), "hex");
}
