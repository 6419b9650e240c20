import { type Ip, parseIp } from "@overlaynet/core/model/index";
import { ping } from "@overlaynet/test/checks/ping";
import type { Site } from "@overlaynet/test/sites/site";
import { TwoSites } from "@overlaynet/test/sites/two-sites";

/** What the first packets of a number of pairs met with. */
export interface FirstContacts {
  readonly pairs: number;
  readonly lost: number;
  /** Round trips of the first packets that came back, in milliseconds. */
  readonly times: readonly number[];
}

/** Containers of a site: 7.7.1.1, 7.7.1.2 … or 7.7.2.1 … */
function addresses(site: number, count: number): Ip[] {
  return Array.from({ length: count }, (_, index) => parseIp(`7.7.${site}.${index + 1}`));
}

/**
 * Lets each of `count` containers ping one of its own on the other host, which nobody on either host has asked for yet: both resolvers
 * meet with a miss for every pair, one for each direction.
 *
 * @param announce whether the resolvers answer the waiting container @param atOnce how many pairs try at the same time
 */
export async function firstContacts(count: number, announce: boolean, atOnce: number): Promise<FirstContacts> {
  const sites = await TwoSites.build({ resolve: "miss" });
  try {
    const here = addresses(1, count);
    const there = addresses(2, count);
    await sites.a.addContainers(here);
    await sites.b.addContainers(there);
    sites.record(
      new Map<Ip, Site>([...here.map((ip) => [ip, sites.a] as const), ...there.map((ip) => [ip, sites.b] as const)]),
    );
    await sites.a.startResolver({ announce });
    await sites.b.startResolver({ announce });
    const times: number[] = [];
    const waiting = here.map((ip, index) => [ip, there[index] ?? ip] as const);
    const worker = async (): Promise<void> => {
      for (let pair = waiting.shift(); pair; pair = waiting.shift()) {
        const [from, to] = pair;
        const contact = await ping((argv, options) => sites.a.exec(sites.a.container(from), argv, options), to, {
          count: 1,
          limit: 5,
        });
        times.push(...contact.times);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return { pairs: count, lost: count - times.length, times };
  } finally {
    await sites.remove();
  }
}
