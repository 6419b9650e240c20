import fc from "fast-check";

export const hostNames = ["a", "b", "c"] as const;
export type HostName = (typeof hostNames)[number];
/** Few, so that a history moves, removes and makes again what was there before. */
export const containerNames = ["red", "green", "pink", "blue", "cyan"] as const;
export type ContainerName = (typeof containerNames)[number];

/** A change of the program. */
export type Edit =
  | { readonly edit: "place"; readonly container: ContainerName; readonly host: HostName; readonly last: number }
  | { readonly edit: "remove"; readonly container: ContainerName }
  | { readonly edit: "mtu"; readonly mtu: number }
  | { readonly edit: "resolve"; readonly resolve: "push" | "miss" };

/** What somebody deletes or changes on a host: what the resolver sees go, and what only the timer finds, within a minute. */
export const seen = ["neighbour entries", "forwarding entries", "VXLAN device", "bridge", "namespace"] as const;
export const unseen = ["container", "record", "bridge address", "device MTU", "port"] as const;

/** One thing that happens. What lasts goes on until the next quiet point. */
export type Operation =
  | { readonly do: "up"; readonly edits: readonly Edit[] }
  | { readonly do: "interrupted up"; readonly edits: readonly Edit[]; readonly after: number }
  | {
      readonly do: "kill resolver" | "reboot" | "power cut" | "power off" | "pull cable" | "slow link";
      readonly host: HostName;
    }
  | { readonly do: "fill disk"; readonly host: HostName }
  | { readonly do: "partition"; readonly host: HostName; readonly from: HostName; readonly ways: "both" | "one" }
  | {
      readonly do: "delete by hand";
      readonly host: HostName;
      readonly what: (typeof seen)[number] | (typeof unseen)[number];
    }
  | { readonly do: "quiet" };

/** A history. */
export type History = readonly Operation[];

const host = fc.constantFrom(...hostNames);
const container = fc.constantFrom(...containerNames);
const edit: fc.Arbitrary<Edit> = fc.oneof<{ weight: number; arbitrary: fc.Arbitrary<Edit> }[]>(
  {
    weight: 5,
    arbitrary: fc.record({
      edit: fc.constant("place" as const),
      container,
      host,
      last: fc.integer({ min: 2, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ edit: fc.constant("remove" as const), container }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant("mtu" as const), mtu: fc.constantFrom(1400, 1450) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      edit: fc.constant("resolve" as const),
      resolve: fc.constantFrom("push" as const, "miss" as const),
    }),
  },
);
const edits = fc.array(edit, { minLength: 1, maxLength: 3 });

/**
 * @param patient whether there is time for what only the timer mends
 */
function operation(patient: boolean): fc.Arbitrary<Operation> {
  const whats = patient ? [...seen, ...unseen] : seen;
  return fc.oneof<{ weight: number; arbitrary: fc.Arbitrary<Operation> }[]>(
    { weight: 5, arbitrary: fc.record({ do: fc.constant("up" as const), edits }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("interrupted up" as const),
        edits,
        after: fc.integer({ min: 500, max: 5000 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom(
          "kill resolver" as const,
          "reboot" as const,
          "power cut" as const,
          "power off" as const,
          "pull cable" as const,
          "slow link" as const,
        ),
        host,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("fill disk" as const), host }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("partition" as const),
        host,
        from: host,
        ways: fc.constantFrom("both" as const, "one" as const),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("delete by hand" as const), host, what: fc.constantFrom(...whats) }),
    },
    { weight: 3, arbitrary: fc.constant({ do: "quiet" as const }) },
  );
}

/** The history of a seed: the same for the same seed, each length a beginning of the longer ones. */
export function historyOf(seed: number, length: number, patient: boolean): Operation[] {
  return fc.sample(operation(patient), { seed, numRuns: length });
}

/** An operation in words, on one line. */
export function tell({ do: what, ...rest }: Operation): string {
  const words = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
  return `${what}${words}`;
}
