import { ipToNumber, macOfIp, macToNumber } from "@overlaynet/core/model/index";
import { arpTable, fdbTable } from "@overlaynet/core/resolver/index";
import { addressOf, remote } from "../record-set.js";
import { type Line, round } from "../line.js";

const records = 1_000_000;

/** The resolver's two tables with a million records, grown one by one as when a folder is read: what a record takes in memory. */
export function table(): Promise<Line[]> {
  const [arp, fdb] = [arpTable(), fdbTable()];
  const vtep = ipToNumber(remote);
  for (let index = 0; index < records; index += 1) {
    const ip = addressOf(index);
    const mac = macToNumber(macOfIp(ip));
    arp.set(ipToNumber(ip), mac);
    fdb.set(mac, vtep);
  }
  const taken = arp.bytes + fdb.bytes;
  return Promise.resolve([
    {
      what: `in-memory tables of ${arp.size} records, bytes per record`,
      own: round(taken / records),
      verdict: `${round(taken / 1e6)} MB`,
    },
  ]);
}
