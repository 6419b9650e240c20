import { type Ip, type Mac, parseIp, parseMac } from "@overlaynet/core/model/index";
import type { Forwarding, KernelEntries, Neighbour } from "@overlaynet/core/resolver/index";
import { config, records } from "./samples.js";

export const pink = parseIp("7.7.7.3");
export const alias = parseIp("7.7.7.13");
export const pinkMac = parseMac("02:42:07:07:07:03");
export const newMac = parseMac("02:42:07:07:07:33");
export const there = parseIp("192.168.64.28");
export const elsewhere = parseIp("192.168.64.29");

export const neighbour = (given: Partial<Neighbour> = {}): Neighbour => {
  return { ip: pink, mac: pinkMac, permanent: true, own: true, ...given };
};
export const forwarding = (given: Partial<Forwarding> = {}): Forwarding => {
  return { mac: pinkMac, vtep: there, permanent: true, own: true, plain: true, ...given };
};

export function kernel(...entries: (Neighbour | Forwarding)[]): KernelEntries {
  const neighbours = new Map<Ip, Neighbour>();
  const table = new Map<Mac, Forwarding>();
  for (const entry of entries) {
    if ("ip" in entry) neighbours.set(entry.ip, entry);
    else table.set(entry.mac, entry);
  }
  return { neighbours, forwarding: table };
}

export const known = records({ [pink]: [pinkMac, there] });
export const setNeighbour = { do: "set-neighbour", ip: pink, mac: pinkMac } as const;
export const setForwarding = { do: "set-forwarding", mac: pinkMac, vtep: there, permanent: true } as const;
export const deleteForwarding = { do: "delete-forwarding", mac: pinkMac } as const;
export const miss = { ...config, resolve: "miss" } as const;
export const learning = { ...config, learning: true };
