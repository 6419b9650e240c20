import { InvalidValue } from "./invalid.js";
import { type Ip, ipToNumber } from "./ip.js";
import type { Vni } from "./numbers.js";

/** A unicast Ethernet address, lower case with colons: `02:42:07:07:07:02`. Made only by the functions of this file. */
export type Mac = string & { readonly __mac: unique symbol };

const expected = "a unicast MAC address such as 02:42:07:07:07:02";

/**
 * Reads a MAC address; upper case and hyphens are accepted and normalised.
 *
 * @throws InvalidValue when it is malformed, all zeros, or has the group bit set: a container cannot have a multicast address
 */
export function parseMac(given: unknown): Mac {
  const text = typeof given === "string" ? given.toLowerCase().replaceAll("-", ":") : "";
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(text) || text === "00:00:00:00:00:00")
    throw new InvalidValue(given, expected);
  if ((Number.parseInt(text.slice(0, 2), 16) & 1) === 1) {
    throw new InvalidValue(given, `${expected} (this one has the multicast bit set)`);
  }
  return text as Mac;
}

/** The address as a number of 48 bits, first byte most significant: what a double holds exactly. */
export function macToNumber(mac: Mac): number {
  return Number.parseInt(mac.replaceAll(":", ""), 16);
}

/** The address of a number of 48 bits, first byte most significant. The number must be one of a unicast address. */
export function macFromNumber(number: number): Mac {
  return (number.toString(16).padStart(12, "0").match(/../g) ?? []).join(":") as Mac;
}

/** The address that a container gets when none is given: 02:42 and its IP's four bytes, as Docker and the hand-made original do. */
export function macOfIp(ip: Ip): Mac {
  return withPrefix("02:42", ipToNumber(ip), 4);
}

/**
 * The bridge's address: 02:6f:76 ("ov", locally administered) and the VNI's three bytes, so the same on every host. Without an explicit one a bridge takes
 * the lowest of its ports' and changes it as they come and go, and with it what containers know of the gateway (net/bridge/br_stp_if.c).
 */
export function macOfBridge(vni: Vni): Mac {
  return withPrefix("02:6f:76", vni, 3);
}

/** The VXLAN device's address on a host: 02:76 and the underlay address' four bytes; set at creation, before udev can choose one. */
export function macOfVtep(vtep: Ip): Mac {
  return withPrefix("02:76", ipToNumber(vtep), 4);
}

function withPrefix(prefix: string, number: number, bytes: number): Mac {
  const hex = number.toString(16).padStart(bytes * 2, "0");
  return `${prefix}:${(hex.match(/../g) ?? []).join(":")}` as Mac;
}

const textLength = 17;

/** The address that ASCII bytes between two places spell in lower case with colons, as a number; -1 for anything else, group addresses among it. */
export function scanMac(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== textLength) return -1;
  let number = 0;
  for (let index = start; index < end; index += 3) {
    const high = hexDigit(bytes[index] ?? 0);
    const low = hexDigit(bytes[index + 1] ?? 0);
    if (high < 0 || low < 0 || (index + 2 < end && bytes[index + 2] !== 0x3a)) return -1;
    if (index === start && (low & 1) === 1) return -1;
    number = number * 256 + high * 16 + low;
  }
  return number === 0 ? -1 : number;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}
