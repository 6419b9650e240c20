import { IPv4 } from "ipaddr.js";
import { InvalidValue } from "./invalid.js";

/** An IPv4 address in dotted decimal, without leading zeros: `7.7.7.2`. Made only by {@link parseIp} and {@link ipFromNumber}. */
export type Ip = string & { readonly __ip: unique symbol };

const expected = "an IPv4 address such as 7.7.7.2";
const dot = 0x2e;
const zero = 0x30;
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
  let number = 0;
  let byte = 0;
  for (let index = 0; index < ip.length; index += 1) {
    const code = ip.charCodeAt(index);
    if (code !== dot) {
      byte = byte * 10 + code - zero;
      continue;
    }
    number = number * 256 + byte;
    byte = 0;
  }
  return number * 256 + byte;
}

/** The address of an unsigned 32-bit number, most significant byte first. */
export function ipFromNumber(number: number): Ip {
  return `${number >>> 24}.${(number >>> 16) & 0xff}.${(number >>> 8) & 0xff}.${number & 0xff}` as Ip;
}

/** True for an address that one interface can have: not multicast, not unspecified, not broadcast, not loopback. */
export function isUnicast(ip: Ip | number): boolean {
  const first = (typeof ip === "number" ? ip : ipToNumber(ip)) >>> 24;
  return first > 0 && first < 224 && first !== 127;
}

/** The address that ASCII bytes between two places spell exactly as {@link parseIp} would have it, as a number; -1 for anything else. */
export function scanIp(bytes: Uint8Array, start: number, end: number): number {
  let number = 0;
  let parts = 1;
  let digits = 0;
  let byte = 0;
  for (let index = start; index < end; index += 1) {
    const code = bytes[index] ?? 0;
    if (code === dot) {
      if (digits === 0 || parts === 4) return -1;
      number = number * 256 + byte;
      parts += 1;
      digits = byte = 0;
      continue;
    }
    // A second digit after a zero is a leading zero.
    if (code < zero || code > zero + 9 || (digits > 0 && byte === 0)) return -1;
    byte = byte * 10 + code - zero;
    digits += 1;
    if (byte > 255) return -1;
  }
  return parts === 4 && digits > 0 ? number * 256 + byte : -1;
}
