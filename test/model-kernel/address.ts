import { inSameNetwork, parseIp } from "@overlaynet/core";
import { type Address, type Link, Refused } from "./state.js";

/** net/ipv4/devinet.c: the second address of a network is secondary, and goes with the first. */
export function addAddress(link: Link, ip: string, prefix: number, label: string): void {
  if (link.addresses.some((other) => other.ip === ip && other.prefix === prefix)) {
    throw new Refused("Error: ipv4: Address already assigned.");
  }
  if (!label.startsWith(link.name)) throw new Refused(`"dev" (${link.name}) must match "label" (${label}).`);
  if (label.length > 15) throw new Refused(`RTNETLINK answers: Numerical result out of range`);
  const secondary = link.addresses.some((other) => !other.secondary && inOneNetwork(other, { ip, prefix }));
  const address: Address = { ip, prefix, label, secondary };
  const primaries = link.addresses.filter((other) => !other.secondary);
  const secondaries = link.addresses.filter((other) => other.secondary);
  link.addresses = secondary ? [...primaries, ...secondaries, address] : [...primaries, address, ...secondaries];
}

export function replaceAddress(link: Link, ip: string, prefix: number, label: string): void {
  if (!link.addresses.some((other) => other.ip === ip && other.prefix === prefix)) addAddress(link, ip, prefix, label);
}

export function deleteAddress(link: Link, ip: string, prefix: number): void {
  const gone = link.addresses.find((other) => other.ip === ip && other.prefix === prefix);
  if (gone === undefined) throw new Refused("Error: ipv4: Address not found.");
  link.addresses = link.addresses.filter(
    (other) => other !== gone && (gone.secondary || !other.secondary || !inOneNetwork(other, gone)),
  );
  if (link.addresses.length === 0) {
    link.namespace.routes = link.namespace.routes.filter(({ device }) => device !== link);
  }
}

/** Whether a gateway can be reached over the device: it is up and has an address of the gateway's network. */
export function reaches(link: Link, gateway: string): boolean {
  return link.up && link.addresses.some(({ ip, prefix }) => inSameNetwork(parseIp(ip), parseIp(gateway), prefix));
}

function inOneNetwork(one: Pick<Address, "ip" | "prefix">, other: Pick<Address, "ip" | "prefix">): boolean {
  return one.prefix === other.prefix && inSameNetwork(parseIp(one.ip), parseIp(other.ip), one.prefix);
}
