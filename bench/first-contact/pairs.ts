import { type Ip, parseIp } from "@overlaynet/core/model/index";
import { ping } from "@overlaynet/test/checks/ping";
import type { Site } from "@overlaynet/test/sites/site";
import type { Command, CommandOptions } from "@overlaynet/test/hosts/command";
import { TwoSites } from "@overlaynet/test/sites/two-sites";

/** What the first packets of a number of pairs met with. */
export interface FirstContacts {
  readonly pairs: number;
  readonly lost: number;
  /** Round trips of the first packets that came back, in milliseconds. */
  readonly times: readonly number[];
}

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
 */
export async function firstContacts(count: number, announce: boolean): Promise<FirstContacts> {
  const sites = await TwoSites.build({ resolve: "miss" });
  try {
    const here = addresses(0, count);
    const there = addresses(1, count);
    sites.record(
      new Map<Ip, Site>([...here.map((ip) => [ip, sites.a] as const), ...there.map((ip) => [ip, sites.b] as const)]),
    );
    await sites.a.startResolver({ announce });
    await sites.b.startResolver({ announce });
    const times: number[] = [];
    for (let start = 0; start < count; start += atATime) {
      const group = [here.slice(start, start + atATime), there.slice(start, start + atATime)] as const;
      times.push(...(await contactGroup(sites, ...group, announce)));
    }
    return { pairs: count, lost: count - times.length, times };
  } finally {
    await sites.remove();
  }
}

/** One after the other; at once when they wait for a second or two anyway. */
async function contactGroup(
  { a, b }: TwoSites,
  here: readonly Ip[],
  there: readonly Ip[],
  announce: boolean,
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
    const first = contact(from, there[index] ?? from);
    waiting.push(first);
    if (announce) await first;
  }
  for (const first of waiting) times.push(...(await first));
  await a.removeContainers(here);
  await b.removeContainers(there);
  return times;
}
