import * as z from "zod";
import type { FilterObject } from "../desired/object.js";
import type { ObserveCommand } from "./command.js";
import { rootNamespace } from "./observed.js";
import { ruleText } from "./rule.js";
import { UnreadableOutput } from "./parse.js";

/** How often something was dropped, and how much. */
export interface Count {
  readonly packets: number;
  readonly bytes: number;
}

/** A table of nftables as the kernel holds it. */
export interface ObservedTable {
  readonly counters: ReadonlyMap<string, Count>;
  /** What is in each set, as nft lists it without quotes: `vethO2 . 02:42:07:07:07:02 . 7.7.7.2`. */
  readonly sets: ReadonlyMap<string, { readonly type: string; readonly elements: readonly string[] }>;
  readonly chains: ReadonlyMap<string, { readonly hook?: string; readonly rules: readonly string[] }>;
}

/** The table of a filter, by the namespace that it is in; `absent`: looked for, not there. */
export type Tables = ReadonlyMap<string, ObservedTable | "absent">;

type TableId = Pick<FilterObject, "namespace" | "family" | "table">;

/** Runs a tool of nftables in a namespace; unlike `ip` it has no way there of its own. */
export function nft(namespace: string | undefined, ...words: readonly string[]): string[] {
  const inside =
    namespace === undefined || namespace === rootNamespace ? [] : ["nsenter", `--net=/run/netns/${namespace}`];
  return [...inside, "nft", ...words];
}

/** Shows a table; its output goes to {@link parseTable}. Fails with a message for which {@link isNoSuchTable} is true when there is none. */
export function tableCommand({ namespace, family, table }: TableId): ObserveCommand {
  return { argv: nft(namespace, "-j", "list", "table", family, table), stdin: "" };
}

/** Whether this is what `nft` writes when there is no such table. */
export function isNoSuchTable(stderr: string): boolean {
  return /^Error: No such file or directory$/m.test(stderr);
}

const Element = z.union([
  z.string(),
  z.object({ concat: z.array(z.union([z.string(), z.number()])) }),
  z.object({ elem: z.unknown() }),
]);

const Listing = z.object({
  nftables: z.array(
    z.object({
      metainfo: z.object({ version: z.string() }).optional(),
      counter: z.object({ name: z.string(), packets: z.number(), bytes: z.number() }).optional(),
      set: z
        .object({
          name: z.string(),
          type: z.union([z.string(), z.array(z.string())]),
          elem: z.array(Element).default([]),
        })
        .optional(),
      chain: z
        .object({
          name: z.string(),
          hook: z.string().optional(),
          prio: z.number().optional(),
          policy: z.string().optional(),
        })
        .optional(),
      rule: z.object({ chain: z.string(), expr: z.array(z.record(z.string(), z.unknown())) }).optional(),
    }),
  ),
});

/**
 * Reads what {@link tableCommand} wrote to stdout (libnftables-json(5)).
 *
 * @throws UnreadableOutput
 */
export function parseTable(stdout: string): ObservedTable {
  const listing = Listing.safeParse(jsonOf(stdout));
  if (!listing.success) {
    throw new UnreadableOutput(`nft list table wrote JSON of another form: ${z.prettifyError(listing.error)}`);
  }
  const items = listing.data.nftables;
  const rules = items.flatMap(({ rule }) => rule ?? []);
  const version = items.find(({ metainfo }) => metainfo !== undefined)?.metainfo?.version;
  return {
    counters: new Map(
      items.flatMap(({ counter }) =>
        counter === undefined ? [] : [[counter.name, { packets: counter.packets, bytes: counter.bytes }] as const],
      ),
    ),
    sets: new Map(
      items.flatMap(({ set }) => {
        if (set === undefined) return [];
        const type = typeof set.type === "string" ? set.type : set.type.join(" . ");
        return [[set.name, { type, elements: set.elem.map(elementText) }] as const];
      }),
    ),
    chains: new Map(
      items.flatMap(({ chain }) => {
        if (chain === undefined) return [];
        const own = rules.filter((rule) => rule.chain === chain.name).map(({ expr }) => ruleText(expr, version));
        const { hook, prio, policy } = chain;
        const at = hook === undefined ? {} : { hook: `${hook} ${prio ?? 0} ${policy ?? "accept"}` };
        return [[chain.name, { ...at, rules: own }] as const];
      }),
    ),
  };
}

function elementText(element: z.infer<typeof Element>): string {
  if (typeof element === "string") return element;
  return "concat" in element ? element.concat.join(" . ") : JSON.stringify(element.elem);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableOutput(`nft list table did not write JSON: ${JSON.stringify(text.slice(0, 200))}`);
  }
}
