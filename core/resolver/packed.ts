import { type Ip, ipToNumber, macToNumber, prefixLength } from "../model/index.js";
import type { Records, ResolverConfig } from "../records.js";
import { AddressTable } from "./address-table.js";

/** Records as the resolver holds them, addresses as numbers: `ipToNumber`, `macToNumber`. Strings are for people and files. */
export interface PackedRecords {
  /** IP to MAC. */
  readonly arp: AddressTable;
  /** MAC to VTEP. */
  readonly fdb: AddressTable;
}

export function packRecords({ arp, fdb }: Records): PackedRecords {
  const packed = { arp: arpTable(arp.size), fdb: fdbTable(fdb.size) };
  for (const [ip, mac] of arp) packed.arp.set(ipToNumber(ip), macToNumber(mac));
  for (const [mac, vtep] of fdb) packed.fdb.set(macToNumber(mac), ipToNumber(vtep));
  return packed;
}

/** An empty table from IPs to MACs. */
export function arpTable(expected = 0): AddressTable {
  return new AddressTable(32, 48, expected);
}

/** An empty table from MACs to VTEPs. */
export function fdbTable(expected = 0): AddressTable {
  return new AddressTable(48, 32, expected);
}

/** What a configuration says of addresses, as numbers. */
export interface Rules {
  readonly network: number;
  readonly mask: number;
  readonly gateway: number;
  readonly local: number;
  readonly learning: boolean;
  readonly push: boolean;
}

export function rulesOf({ cidr, gateway, local, learning, resolve }: ResolverConfig): Rules {
  const mask = (-1 << (32 - prefixLength(cidr))) >>> 0;
  const network = ipToNumber(cidr.slice(0, cidr.indexOf("/")) as Ip);
  return {
    network,
    mask,
    gateway: ipToNumber(gateway),
    local: ipToNumber(local),
    learning,
    push: resolve === "push",
  };
}
