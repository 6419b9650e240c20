import { HostFailure, messageOf } from "../host-failure.js";
import type { HostSession } from "../fleet.js";

/** How a request went on several hosts. */
export interface Outcome {
  /** Hosts that did it. */
  readonly done: readonly string[];
  /** Hosts that were lost on the way, by name: what they did is not known. */
  readonly lost: ReadonlyMap<string, string>;
  /** Hosts that began and did not finish. */
  readonly failed: ReadonlyMap<string, string>;
  /** Hosts that judged and did nothing. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Asks all hosts at once and sorts the answers. */
export async function onAll(
  sessions: Iterable<HostSession>,
  ask: (session: HostSession) => Promise<unknown>,
): Promise<Outcome> {
  const all = [...sessions];
  const done: string[] = [];
  const lost = new Map<string, string>();
  const failed = new Map<string, string>();
  const refused = new Map<string, string>();
  const outcomes = await Promise.allSettled(all.map((session) => ask(session)));
  for (const [index, outcome] of outcomes.entries()) {
    const { name } = (all[index] as HostSession).host;
    if (outcome.status === "fulfilled") done.push(name);
    else bucket(outcome.reason, { lost, failed, refused }).set(name, messageOf(outcome.reason));
  }
  return { done, lost, failed, refused };
}

/** The outcomes of rounds that followed each other, as one. */
export function together(outcomes: readonly Outcome[]): Outcome {
  return {
    done: outcomes.flatMap((outcome) => outcome.done),
    lost: new Map(outcomes.flatMap((outcome) => [...outcome.lost])),
    failed: new Map(outcomes.flatMap((outcome) => [...outcome.failed])),
    refused: new Map(outcomes.flatMap((outcome) => [...outcome.refused])),
  };
}

/** Every sentence of what did not go well, in the order of hosts' names. */
export function troubles(outcome: Outcome): Map<string, string> {
  const all = [...outcome.refused, ...outcome.failed, ...outcome.lost];
  return new Map(all.sort(([one], [other]) => one.localeCompare(other)));
}

function bucket(
  error: unknown,
  { lost, failed, refused }: Record<"lost" | "failed" | "refused", Map<string, string>>,
): Map<string, string> {
  if (!(error instanceof HostFailure)) return failed;
  switch (error.kind) {
    case "unreachable":
      return lost;
    case "failed":
      return failed;
    case "missing":
    case "rejected":
    case "refused":
    case "stale":
    case "protocol":
      return refused;
  }
}
