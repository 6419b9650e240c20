import { join } from "node:path";
import { type Ip, macOfIp, parseIp } from "@overlaynet/core/model/index";
import { ping } from "@overlaynet/test/checks/ping";
import type { ScanOptions } from "@overlaynet/test/sites/scan";
import type { Site } from "@overlaynet/test/sites/site";
import { type Command, type CommandOptions, run } from "@overlaynet/test/hosts/command";
import { TwoSites } from "@overlaynet/test/sites/two-sites";

/** What the first packets of a number of pairs met with. */
export interface FirstContacts {
  readonly pairs: number;
  readonly lost: number;
  /** Round trips of the first packets that came back, in milliseconds. */
  readonly times: readonly number[];
}

/** Who scans. */
const scanner = parseIp("7.7.0.2");

/** So many addresses a site has here. */
export const mostPairs = 10_000;

/** Containers of a site: 7.7.1.1, 7.7.1.2 … 7.7.1.250, 7.7.2.1 … or 7.7.101.1 … */
function addresses(site: 0 | 1, count: number): Ip[] {
  return Array.from({ length: count }, (_, index) =>
    parseIp(`7.7.${1 + site * 100 + Math.floor(index / 250)}.${1 + (index % 250)}`),
  );
}

/**
 * How many containers a host has at a time. Each broadcast goes to all of them, and with hundreds on one machine it is the kernel's queue
 * (net.core.netdev_max_backlog) that loses packets, not what is measured here.
 */
const atATime = 10;

/**
 * Lets each of `count` containers ping one of its own on the other host, which nobody on either host has asked for yet: both resolvers
 * meet with a miss for every pair, one for each direction.
 *
 * @param announce whether the resolvers answer the waiting container
 * @param scan ARP requests per second, for all addresses of the network in turn, by another container meanwhile
 */
export async function firstContacts(count: number, announce: boolean, scan = 0): Promise<FirstContacts> {
  const sites = await TwoSites.build({ resolve: "miss" });
  try {
    const here = addresses(0, count);
    const there = addresses(1, count);
    sites.record(
      new Map<Ip, Site>([...here.map((ip) => [ip, sites.a] as const), ...there.map((ip) => [ip, sites.b] as const)]),
    );
    await sites.a.startResolver({ announce });
    await sites.b.startResolver({ announce });
    const scanning = scan > 0 ? await startScan(sites.a, scan) : undefined;
    const times: number[] = [];
    for (let start = 0; start < count; start += atATime) {
      const group = [here.slice(start, start + atATime), there.slice(start, start + atATime)] as const;
      times.push(...(await contactGroup(sites, ...group, announce, scanning)));
    }
    if (scanning) await scanning.end();
    return { pairs: count, lost: count - times.length, times };
  } finally {
    await sites.remove();
  }
}

/** A scan that goes on until it is ended. */
interface Scan {
  end(): Promise<void>;
  /** Has site a know nothing of an address again, which the scan has asked for too. */
  forget(ip: Ip): Promise<void>;
}

/** @throws Error, at its end, when the scan has ended by itself: then not all was measured beside it */
async function startScan(site: Site, rate: number): Promise<Scan> {
  await site.addContainers([scanner]);
  const options: ScanOptions = { kind: "arp", count: Number.MAX_SAFE_INTEGER, rate };
  const program = join(__dirname, "../../../test/dist/sites/scan.js");
  const argv = [process.execPath, program, JSON.stringify(options)];
  const scan = site.exec(site.container(scanner), argv, { reject: false });
  return {
    end: async () => {
      scan.kill("SIGTERM");
      const { signal, stderr } = await scan;
      if (signal !== "SIGTERM") throw new Error(`the scan has ended by itself: ${stderr}`);
    },
    forget: async (ip) => {
      // What is not there need not be forgotten.
      await run(["ip", "-n", site.overlay, "neigh", "del", ip, "dev", "vxlan1"], { reject: false });
      await run(["bridge", "-n", site.overlay, "fdb", "del", macOfIp(ip), "dev", "vxlan1", "self"], { reject: false });
    },
  };
}

/** One after the other; at once when they wait for a second or two anyway. */
async function contactGroup(
  { a, b }: TwoSites,
  here: readonly Ip[],
  there: readonly Ip[],
  announce: boolean,
  scanning: Scan | undefined,
): Promise<number[]> {
  await a.addContainers(here);
  await b.addContainers(there);
  const contact = async (from: Ip, to: Ip): Promise<readonly number[]> => {
    const place = (argv: readonly string[], options?: CommandOptions): Command =>
      a.exec(a.container(from), argv, options);
    return (await ping(place, to, { count: 1, limit: 5 })).times;
  };
  const times: number[] = [];
  const waiting: Promise<readonly number[]>[] = [];
  for (const [index, from] of here.entries()) {
    const to = there[index] ?? from;
    await scanning?.forget(to);
    const first = contact(from, to);
    waiting.push(first);
    if (announce) await first;
  }
  for (const first of waiting) times.push(...(await first));
  await a.removeContainers(here);
  await b.removeContainers(there);
  return times;
}
