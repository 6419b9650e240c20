import { HostProblem, type OperatorHosts, UsageError } from "@overlaynet/core/operator/index";
import { firstWrong, type Hop, hopsOf, lossHop, type Watched } from "@overlaynet/core/trace/index";
import type { Problem } from "../document/problem.js";
import type { TraceDocument, TraceHop, TraceProof } from "../document/trace.js";
import { type Found, findContainer } from "../find.js";
import { problemOfHost } from "../status/problems.js";
import { factsOf, type Told } from "./facts.js";
import { type Proven, prove } from "./proofs.js";

export interface TraceOptions {
  readonly overlay?: string;
  /** TCP port that is connected to. */
  readonly port: number;
  /** Whether packets are sent, too. */
  readonly probe: boolean;
}

/** Follows packets from a container to another, or to an address. @throws UsageError, HostProblem */
export async function trace(hosts: OperatorHosts, a: string, b: string, options: TraceOptions): Promise<TraceDocument> {
  const from = await findContainer(hosts, a, options.overlay);
  const { overlay } = from.container;
  const to = await otherEnd(hosts, b, overlay);
  const ip = to?.container.ip ?? b;
  if (ip === from.container.ip) throw new UsageError(`${a} and ${b} are the same container`);
  const look = async (): Promise<[Told, Told | undefined]> =>
    Promise.all([factsOf(from, ip, "there"), to && factsOf(to, from.container.ip, "there")]);
  const before = await look();
  const proven = options.probe ? await provenFrom(from, before[0], ip, options.port) : undefined;
  const after = proven === undefined ? before : await look();
  const [here, there] = [
    watched(from, before[0], after[0], ip),
    to && watched(to, before[1], after[1], from.container.ip),
  ];
  const hops = allHops(after, here, there);
  const proofs = proven === undefined ? [] : [arpProof(here, ip), ...proven.proofs];
  const shown = proven === undefined ? hops : withLoss(hops, proofs, here, there, proven);
  const first = firstWrong(shown);
  return {
    schema: "overlaynet/trace/1",
    title: hosts.title,
    overlay,
    from: { host: from.host.name, container: from.container.name, ip: from.container.ip },
    to: { ip, ...(to === undefined ? {} : { host: to.host.name, container: to.container.name }) },
    hops: shown.map(told),
    proofs,
    ...(first === undefined ? {} : { first: told(first) }),
    problems: problems(overlay, first, after),
  };
}

/** The container at the other end; undefined for an address that is none of a container's. */
async function otherEnd(hosts: OperatorHosts, b: string, overlay: string): Promise<Found | undefined> {
  try {
    return await findContainer(hosts, b, overlay);
  } catch (error) {
    const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(b);
    if (isAddress && (error instanceof UsageError || error instanceof HostProblem)) return undefined;
    throw error;
  }
}

function watched(end: Found, before: Told | undefined, after: Told | undefined, peer: string): Watched | undefined {
  if (before?.hop !== undefined || after?.hop !== undefined || before === undefined || after === undefined)
    return undefined;
  return { host: end.host.name, facts: after.facts, before: before.facts, peer };
}

async function provenFrom(from: Found, told: Told, ip: string, port: number): Promise<Proven | undefined> {
  if (told.hop !== undefined) return undefined;
  return prove(from, ip, told.facts.container.mtu, port);
}

/** Those of hosts that said something, and one for each that did not. */
function allHops(
  [here, there]: readonly [Told, Told | undefined],
  from: Watched | undefined,
  to: Watched | undefined,
): Hop[] {
  const silent = [here, there].flatMap((one) => (one?.hop === undefined ? [] : [one.hop]));
  return [...(from === undefined ? [] : hopsOf(from, to)), ...silent];
}

/** That the container knows the address's MAC after it has pinged it. */
function arpProof(here: Watched | undefined, ip: string): TraceProof {
  const neighbour = here?.facts.neighbour;
  if (neighbour?.mac === undefined) return { kind: "arp", ok: false, result: `nobody answers for ${ip}` };
  return { kind: "arp", ok: true, result: `${ip} is ${neighbour.mac}` };
}

/** When packets are lost and no hop says why, where they are lost says it. */
function withLoss(
  hops: readonly Hop[],
  proofs: readonly TraceProof[],
  from: Watched | undefined,
  to: Watched | undefined,
  { ping }: Proven,
): readonly Hop[] {
  const failed = proofs.filter(({ ok }) => !ok);
  if (from === undefined || failed.length === 0 || hops.some(({ state }) => state === "wrong")) return hops;
  if (ping.received === ping.sent && ping.sent > 0) return [...hops, partlyLost(from, failed)];
  const isAsked = from.facts.neighbour?.mac === undefined;
  const loss = isAsked ? undefined : lossHop(from, to, ping);
  return loss === undefined ? hops : [...hops, loss];
}

/** Small pings pass, and something else does not. */
function partlyLost({ host, facts }: Watched, failed: readonly TraceProof[]): Hop {
  const cause = failed.map(({ result }) => result).join("; ");
  const { host: outer, container } = facts.firewalls;
  const rules = [...outer, ...container];
  const where = rules.length === 0 ? "" : `; rules that drop are in ${rules.join("; ")}`;
  const mend = "see the MTU of every device on the way, and `nft list ruleset` on both hosts and in both containers";
  return {
    host,
    way: "there",
    name: "loss",
    seen: "small pings pass",
    state: "wrong",
    fault: { cause: `${cause}${where}`, mend },
  };
}

function told({ fault, ...hop }: Hop): TraceHop {
  return { ...hop, ...fault };
}

function problems(overlay: string, first: Hop | undefined, all: readonly (Told | undefined)[]): Problem[] {
  const silent = all.flatMap((one) =>
    one?.hop === undefined ? [] : [{ ...problemOfHost(one.hop.host, one.problem), overlay }],
  );
  if (first?.fault === undefined) return silent;
  const { host, fault } = first;
  return [
    { host, overlay, kind: "wrong", what: fault.cause, mend: fault.mend },
    ...silent.filter(({ kind }) => kind === "unreachable"),
  ];
}
