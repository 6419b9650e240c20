import {
  type Ip,
  type Mac,
  parseAbsolutePath,
  parseCidr,
  parseInterfaceName,
  parseIp,
  parseMac,
  parseName,
  parseVni,
} from "@overlaynet/core/model/index";
import type { Records, ResolverConfig } from "@overlaynet/core/records";
import { type AddressTable, type PackedRecords, packRecords, rulesOf } from "@overlaynet/core/resolver/index";

export const here = parseIp("192.168.64.27");

export const config: ResolverConfig = {
  overlay: parseName("lab"),
  device: parseInterfaceName("vxlan1"),
  bridge: parseInterfaceName("br0"),
  vni: parseVni(42),
  cidr: parseCidr("7.7.7.0/24"),
  gateway: parseIp("7.7.7.1"),
  local: here,
  learning: false,
  resolve: "push",
  storage: parseAbsolutePath("/nowhere/records"),
};

/** Records of addresses, each with its MAC and, where that is known, the MAC's VTEP. */
export function records(placed: Readonly<Record<string, readonly [mac: string, vtep?: string]>>): Records {
  const arp = new Map<Ip, Mac>();
  const fdb = new Map<Mac, Ip>();
  for (const [ip, [mac, vtep]] of Object.entries(placed)) {
    arp.set(parseIp(ip), parseMac(mac));
    if (vtep !== undefined) fdb.set(parseMac(mac), parseIp(vtep));
  }
  return { arp, fdb };
}

/** The same as numbers. */
export function packed(placed: Parameters<typeof records>[0]): PackedRecords {
  return packRecords(records(placed));
}

export const rules = rulesOf(config);

/** A table with names for people. */
export function named(
  table: AddressTable,
  key: (number: number) => string,
  value: (number: number) => string,
): unknown {
  const names: Record<string, string> = {};
  table.forEach((one, other) => {
    names[key(one)] = value(other);
  });
  return names;
}
