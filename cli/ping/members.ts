import { type HostProblem, type OperatorHost, type OperatorHosts, UsageError } from "@overlaynet/core/operator/index";
import { containersSeen } from "../find.js";

/** A container that is pinged, and pings others where its host can be asked. */
export interface Member {
  readonly overlay: string;
  readonly name: string;
  readonly ip: string;
  readonly hostName: string;
  /** Absent when it is none of the hosts that are meant. */
  readonly host: OperatorHost | undefined;
}

/** One container and another of its overlay. */
export interface Pair {
  readonly from: Member;
  readonly to: Member;
}

/** All containers by overlay and name, and the hosts that did not say theirs: what the stack's state has, else what hosts do. */
export async function membersOf(
  all: OperatorHosts,
  overlay: string | undefined,
): Promise<{ readonly members: Member[]; readonly silent: readonly { host: string; problem: HostProblem }[] }> {
  const { hosts, expected } = all;
  if (expected !== undefined) {
    const members = expected.containers.map(({ host, ...container }): Member => {
      return { ...container, hostName: host, host: hosts.find(({ name }) => name === host) };
    });
    return { members: sorted(members, overlay), silent: [] };
  }
  const { found, silent } = await containersSeen(hosts, overlay);
  const members = found.map(({ host, container }): Member => ({ ...container, hostName: host.name, host }));
  return { members: sorted(members, overlay), silent };
}

function sorted(members: readonly Member[], overlay: string | undefined): Member[] {
  const of = members.filter((member) => (overlay ?? member.overlay) === member.overlay);
  return of.sort((one, other) => compare(one.overlay, other.overlay) || compare(one.name, other.name));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * Every container with every other of its overlay; with names or addresses, those among them; with one of them, it with all others.
 *
 * @throws UsageError when a name is none of a container's, or there is no pair
 */
export function pairsOf(members: readonly Member[], names: readonly string[], title: string): Pair[] {
  const isNamed = ({ name, ip }: Member, wanted: string): boolean => name === wanted || ip === wanted;
  for (const wanted of names) {
    if (members.some((member) => isNamed(member, wanted))) continue;
    const there = [...new Set(members.map(({ name }) => name))].sort();
    throw new UsageError(`${title} has no container ${wanted}; it has ${there.join(", ") || "none"}`);
  }
  const chosen = members.filter((member) => names.some((wanted) => isNamed(member, wanted)));
  const isMeant = ({ from, to }: Pair): boolean => {
    if (names.length === 0) return true;
    return names.length === 1
      ? chosen.includes(from) || chosen.includes(to)
      : chosen.includes(from) && chosen.includes(to);
  };
  const pairs = members
    .flatMap((from) => members.map((to): Pair => ({ from, to })))
    .filter(({ from, to }) => from !== to && from.overlay === to.overlay)
    .filter(isMeant);
  if (pairs.length === 0) throw new UsageError(`${title} has no two containers of one overlay to ping between`);
  return pairs;
}
