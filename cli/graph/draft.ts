import type { GraphCommand, GraphDocument, GraphElement, GraphState } from "../document/graph.js";

/** A graph while it is put together. */
export type Draft = Pick<GraphDocument, "groups" | "nodes" | "edges">;

/** What is said of an element beside its name and kind. */
export interface Said {
  readonly host?: string;
  readonly overlay?: string;
  readonly state?: GraphState;
  readonly wrong?: readonly string[];
  readonly facts?: Readonly<Record<string, string | number | undefined>>;
  readonly commands?: readonly GraphCommand[];
}

type Common = Omit<GraphElement, "id" | "kind" | "name" | "group" | "from" | "to" | "traffic" | "misses">;

/** An element's common part: when no state is given, it is wrong when something is wrong with it. */
export function element({ state, wrong = [], facts = {}, commands = [], host, overlay }: Said): Common {
  const known = Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  return {
    ...(host === undefined ? {} : { host }),
    ...(overlay === undefined ? {} : { overlay }),
    state: state ?? (wrong.length > 0 ? ("wrong" as const) : ("ok" as const)),
    wrong: [...new Set(wrong)],
    facts: Object.fromEntries(known) as Record<string, string>,
    commands: [...commands],
  };
}

/** What elements are found by, the same from one look to the next. */
export const idOf = {
  host: (host: string) => `host ${host}`,
  namespace: (host: string, namespace: string) => `namespace ${host} ${namespace}`,
  device: (host: string, namespace: string, device: string) => `device ${host} ${namespace} ${device}`,
  resolver: (host: string, overlay: string) => `resolver ${host} ${overlay}`,
  overlay: (overlay: string) => `overlay ${overlay}`,
  vtep: (overlay: string, address: string) => `vtep ${overlay} ${address}`,
  edge: (from: string, to: string) => `${from} - ${to}`,
} as const;
