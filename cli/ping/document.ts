import { HostProblem, type OperatorHosts, PingResult, ProbeEnd, probeLimits } from "@overlaynet/core/operator/index";
import { askFor, read } from "../ask.js";
import type { PingDocument, PingPair } from "../document/ping.js";
import type { Problem } from "../document/problem.js";
import { fromAll } from "../gather.js";
import { problemOfHost } from "../status/problems.js";
import { type Member, membersOf, type Pair, pairsOf } from "./members.js";

export interface PingOptions {
  readonly overlay?: string;
  /** Pings of each pair. */
  readonly count: number;
  /** Seconds between two. */
  readonly interval: number;
  /** Bytes of the whole packet, which then may not be fragmented. */
  readonly size?: number;
}

/** Milliseconds that the last answer is waited for: an address that nobody answers for is told after as long. */
const wait = 1000;

/** Containers of one host that ping at the same time, so that no ping waits for a processor. */
const atOnce = 4;

/** Pings between containers, from all hosts at the same time. @throws UsageError when none are meant; HostProblem when none can be known */
export async function ping(all: OperatorHosts, names: readonly string[], options: PingOptions): Promise<PingDocument> {
  const { members, silent } = await membersOf(all, options.overlay);
  const [unknown] = silent;
  if (members.length === 0 && unknown !== undefined) throw unknown.problem;
  const pairs = pairsOf(members, names, all.title);
  const results = new Map<Pair, PingResult>();
  const failed: Problem[] = silent.map(({ host, problem }) => problemOfHost(host, problem));
  const asked = await fromAll(all.hosts, async (host) => {
    const sources = [...new Set(pairs.map(({ from }) => from))].filter((from) => from.host === host);
    for (const some of chunks(sources, atOnce)) {
      const pinged = some.map(async (from) => {
        const own = pairs.filter((pair) => pair.from === from);
        const problem = await pingsFrom(from, own, options, results);
        if (problem !== undefined) failed.push({ ...problem, overlay: from.overlay });
      });
      await Promise.all(pinged);
    }
  });
  for (const { host, problem } of asked) if (problem !== undefined) failed.push(problemOfHost(host.name, problem));
  const told = pairs.map((pair) => pairOf(pair, results.get(pair)));
  return { schema: "overlaynet/ping/1", title: all.title, pairs: told, problems: [...told.flatMap(lost), ...failed] };
}

/** Pings all others from one container. Answers what its host said when it could not. @throws HostProblem when the host does not answer */
async function pingsFrom(
  { host, overlay, name }: Member,
  pairs: readonly Pair[],
  { count, interval, size }: PingOptions,
  results: Map<Pair, PingResult>,
): Promise<Problem | undefined> {
  if (host === undefined) return undefined;
  const pings = { count, interval: 1000 * interval, wait, ...(size === undefined ? {} : { size }) };
  try {
    for (const some of chunks(pairs, probeLimits.targets)) {
      const targets = some.map(({ to }) => to.ip);
      const deadline = 60_000 + some.length * (count * pings.interval + wait);
      const ask = { op: "probe" as const, overlay, container: name, targets, ...pings };
      await askFor(
        host,
        ask,
        ProbeEnd,
        (part) => {
          const result = read(host, PingResult, part);
          const pair = some.find(({ to }) => to.ip === result.target);
          if (pair !== undefined) results.set(pair, result);
        },
        deadline,
      );
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof HostProblem) || error.kind !== "failed") throw error;
    return { ...problemOfHost(host.name, error), mend: "`pulumi refresh` and `pulumi up` put it there" };
  }
}

function pairOf({ from, to }: Pair, result: PingResult | undefined): PingPair {
  const end = ({ name: container, ip, hostName: host }: Member): PingPair["from"] => ({ container, ip, host });
  const { sent = 0, received = 0, duplicates = 0, milliseconds = [], complaint = "" } = result ?? {};
  const times = [...milliseconds].sort((one, other) => one - other);
  const [least] = times;
  const [median, most] = [times[Math.floor((times.length - 1) / 2)], times.at(-1)];
  const known = least !== undefined && median !== undefined && most !== undefined;
  return {
    overlay: from.overlay,
    from: end(from),
    to: end(to),
    sent,
    received,
    duplicates,
    ...(known ? { milliseconds: { least, median, most } } : {}),
    complaint,
  };
}

/** Whether pings were tried and none came back: ping(8) that refuses sends none and complains. */
export function isLost({ sent, received, complaint }: PingPair): boolean {
  return received === 0 && (sent > 0 || complaint !== "");
}

function lost(pair: PingPair): Problem[] {
  if (!isLost(pair)) return [];
  const { overlay, from, to, complaint } = pair;
  const why = complaint === "" ? "" : `: ${complaint}`;
  const what = `${from.container} gets no answer from ${to.container} (${to.ip})${why}`;
  const mend = `\`overlaynet trace ${from.container} ${to.container} --overlay ${overlay}\` says where they end`;
  return [{ host: from.host, overlay, kind: "wrong", what, mend }];
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
