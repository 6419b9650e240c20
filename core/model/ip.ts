import { IPv4 } from "ipaddr.js";
import { InvalidValue } from "./invalid.js";

/** An IPv4 address in dotted decimal, without leading zeros: `7.7.7.2`. Made only by {@link parseIp} and {@link ipFromNumber}. */
export type Ip = string & { readonly __ip: unique symbol };

const expected = "an IPv4 address such as 7.7.7.2";
const canonical = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;

/**
 * Reads a unicast or other IPv4 address in plain dotted decimal. Octal, hexadecimal and shortened forms, which
 * `inet_aton` would read, are refused: two spellings of one address would be two records.
 *
 * @throws InvalidValue
 */
export function parseIp(given: unknown): Ip {
  if (typeof given !== "string" || !canonical.test(given) || !IPv4.isValidFourPartDecimal(given)) {
    throw new InvalidValue(given, expected);
  }
  return given as Ip;
}

/** The address as an unsigned 32-bit number, most significant byte first. */
export function ipToNumber(ip: Ip): number {
  return ip.split(".").reduce((number, byte) => number * 256 + Number(byte), 0);
}

/** The address of an unsigned 32-bit number, most significant byte first. */
export function ipFromNumber(number: number): Ip {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".") as Ip;
}

/** True for an address that one interface can have: not multicast, not unspecified, not broadcast, not loopback. */
export function isUnicast(ip: Ip): boolean {
  const first = ipToNumber(ip) >>> 24;
  return first > 0 && first < 224 && first !== 127;
}
