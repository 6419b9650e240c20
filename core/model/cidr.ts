import { InvalidValue } from "./invalid.js";
import { type Ip, ipFromNumber, ipToNumber, parseIp } from "./ip.js";

/** An IPv4 network, its host bits zero: `7.7.7.0/24`. Made only by {@link parseCidr}. */
export type Cidr = string & { readonly __cidr: unique symbol };

const expected = "an IPv4 network in CIDR notation such as 7.7.7.0/24, of at most 30 prefix bits and no host bits";

/**
 * Reads an IPv4 network. The prefix is 1 to 30: an overlay needs a gateway and at least one container.
 *
 * @throws InvalidValue for anything else; a network with host bits is answered with the network that was probably meant
 */
export function parseCidr(given: unknown): Cidr {
  const [address, prefixText, ...rest] = typeof given === "string" ? given.split("/") : [];
  if (address === undefined || prefixText === undefined || rest.length > 0 || !/^[1-9]\d?$/.test(prefixText)) {
    throw new InvalidValue(given, expected);
  }
  const prefix = Number(prefixText);
  if (prefix > 30) throw new InvalidValue(given, expected);
  let ip: Ip;
  try {
    ip = parseIp(address);
  } catch {
    throw new InvalidValue(given, expected);
  }
  const network = ipFromNumber((ipToNumber(ip) & netmask(prefix)) >>> 0);
  if (network !== ip) throw new InvalidValue(given, `${expected} (${network}/${prefix}?)`);
  return `${network}/${prefix}` as Cidr;
}

/** The number of leading bits that all addresses of the network share. */
export function prefixLength(cidr: Cidr): number {
  return Number(cidr.slice(cidr.indexOf("/") + 1));
}

/** True when the address lies in the network, its first and last address included. */
export function contains(cidr: Cidr, ip: Ip): boolean {
  return (ipToNumber(ip) & netmask(prefixLength(cidr))) >>> 0 === ipToNumber(networkAddress(cidr));
}

/** True when the address is one that a host in the network can have: inside, and neither its first nor its last. */
export function isHostAddress(cidr: Cidr, ip: Ip): boolean {
  const part = hostPart(cidr, ip);
  return contains(cidr, ip) && part !== 0 && part !== 2 ** (32 - prefixLength(cidr)) - 1;
}

/** The bits of the address behind the prefix, as a number: 4 for 7.7.7.4 in 7.7.7.0/24. */
export function hostPart(cidr: Cidr, ip: Ip): number {
  return (ipToNumber(ip) & ~netmask(prefixLength(cidr))) >>> 0;
}

/** True when two addresses share their first `prefix` bits. */
export function inSameNetwork(one: Ip, other: Ip, prefix: number): boolean {
  return ((ipToNumber(one) ^ ipToNumber(other)) & netmask(prefix)) === 0;
}

function networkAddress(cidr: Cidr): Ip {
  return cidr.slice(0, cidr.indexOf("/")) as Ip;
}

function netmask(prefix: number): number {
  return prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0;
}
