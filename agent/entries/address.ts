import { absent } from "../netlink/index.js";

/*
 * Addresses as the kernel's bytes and as numbers. A notice of the kernel is well-formed by itself: text that is made to be parsed again would
 * be a third of what a miss costs.
 */

/** The unicast MAC address that a message names, as a number; zero for group addresses, for zero (a device's default entry), and for nonsense. */
export function unicastMac(linkAddress: number): number {
  if (linkAddress <= 0) return 0;
  const first = Math.floor(linkAddress / 0x100_0000_0000);
  return (first & 1) === 1 ? 0 : linkAddress;
}

/** The IPv4 address that a message names, or `absent` for IPv6 and for nonsense too. */
export function ipv4(destination: number): number {
  return destination < 0 ? absent : destination;
}

export function bytesOfIp(ip: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(ip, 0);
  return bytes;
}

export function bytesOfMac(mac: number): Buffer {
  const bytes = Buffer.allocUnsafe(6);
  bytes.writeUIntBE(mac, 0, 6);
  return bytes;
}
