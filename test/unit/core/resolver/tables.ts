import { type Ip, ipToNumber, type Mac, macToNumber, parseIp, parseMac } from "@overlaynet/core/model/index";
import type { Action, Comparison, Forwarding, KernelEntries, Neighbour } from "@overlaynet/core/resolver/index";
import { config, packed } from "./samples.js";

export const pink = parseIp("7.7.7.3");
export const alias = parseIp("7.7.7.13");
export const pinkMac = parseMac("02:42:07:07:07:03");
export const newMac = parseMac("02:42:07:07:07:33");
export const there = parseIp("192.168.64.28");
export const elsewhere = parseIp("192.168.64.29");

type Entry<T> = Partial<Omit<T, "ip" | "mac" | "vtep">>;

/** An entry as numbers, from names: an absent MAC is `mac: undefined`. */
export const neighbour = (given: Entry<Neighbour> & { ip?: Ip; mac?: Mac | undefined } = {}): Neighbour => {
  const { ip, mac, ...rest } = { ip: pink, mac: pinkMac, permanent: true, own: true, ...given };
  return { ...rest, ip: ipToNumber(ip), mac: mac === undefined ? 0 : macToNumber(mac) };
};
export const forwarding = (given: Entry<Forwarding> & { mac?: Mac; vtep?: Ip } = {}): Forwarding => {
  const { mac, vtep, ...rest } = { mac: pinkMac, vtep: there, permanent: true, own: true, plain: true, ...given };
  return { ...rest, mac: macToNumber(mac), vtep: ipToNumber(vtep) };
};

export function kernel(...entries: (Neighbour | Forwarding)[]): KernelEntries {
  const neighbours = new Map<number, Neighbour>();
  const table = new Map<number, Forwarding>();
  for (const entry of entries) {
    if ("ip" in entry) neighbours.set(entry.ip, entry);
    else table.set(entry.mac, entry);
  }
  return { neighbours, forwarding: table };
}

/** All that a comparison wants done, in order. */
export function actionsOf({ actions }: Pick<Comparison, "actions">): Action[] {
  return actions.flatMap((some) => Array.from({ length: some.length }, (_, index) => some.at(index)));
}

export const known = packed({ [pink]: [pinkMac, there] });
export const setNeighbour = { do: "set-neighbour", ip: pink, mac: pinkMac } as const;
export const setForwarding = { do: "set-forwarding", mac: pinkMac, vtep: there } as const;
export const deleteForwarding = { do: "delete-forwarding", mac: pinkMac } as const;
export const miss = { ...config, resolve: "miss" } as const;
export const learning = { ...config, learning: true };
