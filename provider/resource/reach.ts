import { HostFailure, messageOf } from "../host-failure.js";
import type { Host } from "../hosts.js";
import type { Effort, Fleet, HostSession } from "../fleet.js";

/** Which hosts answer. */
export interface Reached {
  readonly sessions: ReadonlyMap<string, HostSession>;
  /** Those that do not, each with its sentence. */
  readonly unreachable: ReadonlyMap<string, HostFailure>;
  /** Those that have no agent: nothing of ours can be there. */
  readonly missing: ReadonlyMap<string, HostFailure>;
}

/** Several sentences as one error, a line each. */
export class Failures extends Error {
  override readonly name = "Failures";

  constructor(readonly sentences: readonly string[]) {
    super(sentences.join("\n"));
  }
}

/**
 * Opens sessions to all hosts at once, before anything is changed on any of them.
 *
 * @throws Failures when a host answers and will not have us: that is a mistake in the program, not an outage
 */
export async function reach(fleet: Fleet, hosts: readonly Host[], effortFor: (host: Host) => Effort): Promise<Reached> {
  const reached = await tryReach(fleet, hosts, effortFor);
  if (reached.rejected.size > 0) throw new Failures([...reached.rejected.values()]);
  return reached;
}

/** The same, with those that answer and will not have us among the results. */
export async function tryReach(
  fleet: Fleet,
  hosts: readonly Host[],
  effortFor: (host: Host) => Effort,
): Promise<Reached & { readonly rejected: ReadonlyMap<string, string> }> {
  const sessions = new Map<string, HostSession>();
  const unreachable = new Map<string, HostFailure>();
  const missing = new Map<string, HostFailure>();
  const rejected = new Map<string, string>();
  const outcomes = await Promise.allSettled(hosts.map((host) => fleet.open(host, effortFor(host))));
  for (const [index, outcome] of outcomes.entries()) {
    const { name } = hosts[index] as Host;
    if (outcome.status === "fulfilled") sessions.set(name, outcome.value);
    else if (isFailure(outcome.reason, "unreachable")) unreachable.set(name, outcome.reason);
    else if (isFailure(outcome.reason, "missing")) missing.set(name, outcome.reason);
    else rejected.set(name, messageOf(outcome.reason));
  }
  return { sessions, unreachable, missing, rejected };
}

/**
 * Sees to it that all hosts answer and could be worked on, before one of them is given so much as an agent.
 *
 * @param spared whether a host may be away
 * @throws Failures naming every host that stands in the way
 */
export async function examineAll(
  fleet: Fleet,
  hosts: readonly Host[],
  effortFor: (host: Host) => Effort,
  spared: (host: Host) => boolean = () => false,
): Promise<void> {
  const outcomes = await Promise.allSettled(hosts.map((host) => fleet.examine(host, effortFor(host))));
  const sentences = outcomes.flatMap((outcome, index) => {
    if (outcome.status === "fulfilled") return [];
    const away = isFailure(outcome.reason, "unreachable") || isFailure(outcome.reason, "missing");
    return away && spared(hosts[index] as Host) ? [] : [messageOf(outcome.reason)];
  });
  if (sentences.length > 0) throw new Failures(sentences);
}

function isFailure(error: unknown, kind: HostFailure["kind"]): error is HostFailure {
  return error instanceof HostFailure && error.kind === kind;
}
