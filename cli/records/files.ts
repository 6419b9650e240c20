import { type Ip, type Mac, parseIp, parseMac } from "@overlaynet/core/model/index";
import { type RecordEntry, UsageError } from "@overlaynet/core/operator/index";
import { join } from "node:path";
import { listFolder, makeFolder, readPlainFile, writePlainFile } from "./plain-file.js";

/** Records as they are on disk: arp/<ip> holds a MAC, fdb/<mac> a VTEP. */
export interface RecordFiles {
  readonly arp: readonly { readonly ip: Ip; readonly mac: Mac }[];
  readonly fdb: readonly { readonly mac: Mac; readonly vtep: Ip }[];
}

/** No records at all. */
export const noFiles: RecordFiles = { arp: [], fdb: [] };

/** Open files at a time: a folder may have a hundred thousand. */
const together = 64;

/** The longest file that may be a record, in bytes: one is of 18, and people add blanks. */
const longest = 256;

/** The files that entries stand for. @throws UsageError when two of them want one file with two texts */
export function filesOf(entries: readonly RecordEntry[]): RecordFiles {
  const [arp, fdb] = [new Map<string, string>(), new Map<string, string>()];
  const set = (table: Map<string, string>, name: string, key: string, value: string | undefined): void => {
    if (value === undefined) return;
    const known = table.get(key);
    if (known !== undefined && known !== value) {
      throw new UsageError(
        `hosts have two values of ${name}/${key}: ${known} and ${value}; --host names the one to believe`,
      );
    }
    table.set(key, value);
  };
  for (const { ip, mac, vtep } of entries) {
    if (ip !== undefined) set(arp, "arp", ip, mac);
    set(fdb, "fdb", mac, vtep);
  }
  return {
    arp: [...arp].map(([ip, mac]) => ({ ip: parseIp(ip), mac: parseMac(mac) })),
    fdb: [...fdb].map(([mac, vtep]) => ({ mac: parseMac(mac), vtep: parseIp(vtep) })),
  };
}

/** Reads a folder that holds arp/ and fdb/. @throws UsageError that names the file which is no record, or says that there are none */
export async function readFolder(folder: string): Promise<RecordFiles> {
  const [arp, fdb] = await Promise.all([
    readTable(folder, "arp", parseIp, parseMac),
    readTable(folder, "fdb", parseMac, parseIp),
  ]);
  if (arp.length + fdb.length === 0) throw new UsageError(`${folder}: expected folders arp/ and fdb/ with records`);
  return { arp: arp.map(([ip, mac]) => ({ ip, mac })), fdb: fdb.map(([mac, vtep]) => ({ mac, vtep })) };
}

/** Writes a folder that holds arp/ and fdb/; files that it has of others stay. @throws UsageError that names what is no folder or file of its own, or why it cannot be written */
export async function writeFolder(folder: string, { arp, fdb }: RecordFiles): Promise<void> {
  const files = [
    ...arp.map(({ ip, mac }) => [join(folder, "arp", ip), mac] as const),
    ...fdb.map(({ mac, vtep }) => [join(folder, "fdb", mac), vtep] as const),
  ];
  for (const table of ["arp", "fdb"]) await makeFolder(join(folder, table));
  await inTurns(files, ([path, text]) => writePlainFile(path, `${text}\n`));
}

async function readTable<K, V>(
  folder: string,
  table: string,
  parseKey: (text: string) => K,
  parseValue: (text: string) => V,
): Promise<[K, V][]> {
  const names = (await listFolder(join(folder, table))).filter((name) => !name.startsWith(".")).sort();
  return inTurns(names, (name) =>
    readPlainFile(join(folder, table, name), longest, (text): [K, V] => [parseKey(name), parseValue(text)]),
  );
}

async function inTurns<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < all.length; from += together) {
    results.push(...(await Promise.all(all.slice(from, from + together).map(work))));
  }
  return results;
}
