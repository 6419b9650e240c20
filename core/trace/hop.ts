import type { PathFacts } from "../operator/path.js";

/** Something wrong at a hop, and what to do. */
export interface Fault {
  /** A sentence. */
  readonly cause: string;
  /** What to do, often a command. */
  readonly mend: string;
}

/** One stage of a packet's way, and what was seen there. */
export interface Hop {
  readonly host: string;
  /** `there`: from the one that sends; `back`: of the answer. */
  readonly way: "there" | "back";
  /** What kind of stage: `route`, `neighbour`, `forwarding` … */
  readonly name: string;
  /** What was found there, in words. */
  readonly seen: string;
  /** `doubtful`: it may be the consequence of something further on. */
  readonly state: "ok" | "wrong" | "doubtful" | "unknown";
  /** Absent when all is as it should be. */
  readonly fault?: Fault;
}

/** The facts of one end of a path, and what that host is called. */
export interface End {
  readonly host: string;
  readonly facts: PathFacts;
  /** The address at the other end. */
  readonly peer: string;
}

export const pulumiUp = "`pulumi refresh` shows it as a change, `pulumi up` mends it";

/** A hop with the first of what is wrong there. */
export function hop(
  place: Pick<Hop, "host" | "way" | "name" | "seen">,
  faults: readonly (Fault | undefined)[],
  state: "wrong" | "doubtful" = "wrong",
): Hop {
  const fault = faults.find((one) => one !== undefined);
  return fault === undefined ? { ...place, state: "ok" } : { ...place, state, fault };
}

/** A fault where there is a reason for one. */
export function when(condition: boolean, cause: string, mend: string): Fault | undefined {
  return condition ? { cause, mend } : undefined;
}

/** The differences from what was asked at one place; without a device those of the namespace itself. Differences of entries are not among them. */
export function differencesAt({ differences }: PathFacts, namespace: string, device?: string): Fault[] {
  return differences
    .filter((one) => one.namespace === namespace && one.device === device && one.about === undefined)
    .map(({ words }) => ({ cause: words, mend: pulumiUp }));
}

/** A device in words: `vethO2 up, mtu 1450`. */
export function linkSeen({ links }: PathFacts, namespace: string, name: string): string {
  const link = links.find((one) => one.namespace === namespace && one.name === name);
  if (link === undefined) return `${name} is not there`;
  const mtu = link.mtu === undefined ? "" : `, mtu ${link.mtu}`;
  return `${name} ${link.up ? "up" : "down"}${mtu}`;
}
