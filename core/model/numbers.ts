import { InvalidValue } from "./invalid.js";

/** A VXLAN network identifier: 24 bits (RFC 7348 section 5), zero excluded. */
export type Vni = number & { readonly __vni: unique symbol };
/** A UDP port. */
export type Port = number & { readonly __port: unique symbol };
/** The largest IP packet that an interface carries, in bytes. */
export type Mtu = number & { readonly __mtu: unique symbol };

/** @throws InvalidValue */
export function parseVni(given: unknown): Vni {
  return integer(given, 1, 0xff_ff_ff, "a VNI, a whole number from 1 to 16777215") as Vni;
}

/** @throws InvalidValue */
export function parsePort(given: unknown): Port {
  return integer(given, 1, 0xff_ff, "a port, a whole number from 1 to 65535") as Port;
}

/** IPv4 requires 68 bytes of a link (RFC 791); the kernel's VXLAN device takes at most 65535 less the tunnel's 50. @throws InvalidValue */
export function parseMtu(given: unknown): Mtu {
  return integer(given, 68, 65_485, "an MTU in bytes, a whole number from 68 to 65485") as Mtu;
}

function integer(given: unknown, least: number, most: number, expected: string): number {
  if (typeof given !== "number" || !Number.isInteger(given) || given < least || given > most) {
    throw new InvalidValue(given, expected);
  }
  return given;
}
