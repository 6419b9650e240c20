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
