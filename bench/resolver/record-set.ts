import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ip, ipFromNumber, ipToNumber, macOfIp, parseIp } from "@overlaynet/core/model/index";
import { cached, cacheHome } from "@overlaynet/tools/cache";

/** The overlay's network: room for more than a hundred thousand. */
export const cidr = "7.0.0.0/8";
/** Where all of them are. */
export const remote = parseIp("192.168.64.28");

/** A number of containers on another host: as the two folders, as a text file for the C daemon, as batches for `ip` and `bridge`. */
export interface RecordSet {
  readonly storage: string;
  readonly text: string;
  readonly neighbours: string;
  readonly forwarding: string;
}

/** The address of the one that `index` counts to. */
export function addressOf(index: number): Ip {
  return ipFromNumber(ipToNumber(parseIp("7.8.0.0")) + index);
}

/** The set of that size, made once per machine and user: a hundred thousand are two hundred thousand files. Gone with the cache's folder. */
export async function recordSet(count: number): Promise<RecordSet> {
  const fill = (folder: string): Promise<void> => {
    write(placesIn(folder), count);
    return Promise.resolve();
  };
  return placesIn(await cached(cacheHome(), `bench-records-${count}`, fill));
}

function placesIn(folder: string): RecordSet {
  return {
    storage: join(folder, "storage"),
    text: join(folder, "records.txt"),
    neighbours: join(folder, "ip.batch"),
    forwarding: join(folder, "bridge.batch"),
  };
}

function write(set: RecordSet, count: number): void {
  mkdirSync(join(set.storage, "arp"), { recursive: true });
  mkdirSync(join(set.storage, "fdb"));
  const all = Array.from({ length: count }, (_, index) => {
    const ip = addressOf(index);
    return { ip, mac: macOfIp(ip) };
  });
  for (const { ip, mac } of all) {
    writeFileSync(join(set.storage, "arp", ip), `${mac}\n`);
    writeFileSync(join(set.storage, "fdb", mac), `${remote}\n`);
  }
  const lines = (path: string, line: (record: (typeof all)[number]) => string): void => {
    writeFileSync(path, all.map((record) => `${line(record)}\n`).join(""));
  };
  lines(set.text, ({ ip, mac }) => `${ip} ${mac} ${remote}`);
  lines(set.neighbours, ({ ip, mac }) => `neigh replace ${ip} lladdr ${mac} nud permanent protocol 111 dev vxlan1`);
  lines(set.forwarding, ({ mac }) => `fdb replace ${mac} dev vxlan1 self extern_learn dst ${remote}`);
}

/** Puts the MACs of some records back where all of them are: a run that was killed may have left them elsewhere. */
export function restore({ storage }: RecordSet, first: number, count: number): void {
  for (let index = first; index < first + count; index += 1) {
    writeFileSync(join(storage, "fdb", macOfIp(addressOf(index))), `${remote}\n`);
  }
}
