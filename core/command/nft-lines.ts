import { guardElements, portFilter, portTable, vtepFilter } from "../desired/filter.js";
import type { FilterId, FilterObject, Mark } from "../desired/object.js";
import { parseName, parseNamespaceName, parsePort, parseVni } from "../model/index.js";
import { rootNamespace } from "../observe/observed.js";
import type { Step } from "../plan/step.js";
import { type Placed, Turn } from "./line.js";

/** The lines of a step on tables of nftables; `undefined` when it is on something else. A table is made, or made anew, in one transaction. */
export function nftLinesOf(step: Step): Placed[] | undefined {
  const { op, object } = step;
  const place = (turn: Turn, texts: readonly string[]): Placed[] =>
    texts.map((text) => {
      const namespace = object.namespace === rootNamespace ? undefined : object.namespace;
      return { turn, tool: "nft" as const, namespace, text, step };
    });
  switch (object.kind) {
    case "filter": {
      if (op === "delete") return place(Turn.Unguard, [removal(object)]);
      const turn = object.namespace === rootNamespace ? Turn.Guard : Turn.Shield;
      if (!("chains" in object)) return undefined;
      if (op === "add") return place(turn, making(object));
      const elements = step.changes.every(({ attribute }) => attribute === "element");
      return place(turn, elements ? elementChanges(step, object) : [removal(object), ...making(object)]);
    }
    case "guard": {
      const lines = guardElements(object).map(({ set, element }) =>
        elementLine("add", { family: "bridge", table: portTable }, set, element),
      );
      return place(Turn.Shield, lines);
    }
    case "guard-element": {
      const { set, element } = object;
      return place(Turn.Unguard, [elementLine("delete", { family: "bridge", table: portTable }, set, element)]);
    }
    default:
      return undefined;
  }
}

/** What `nft -f` makes of a filter of each family; to see in a namespace that goes again whether a kernel can. */
export function filterTrial(family: FilterId["family"]): string {
  const mark = "overlaynet:try" as Mark;
  const filter =
    family === "ip"
      ? vtepFilter({ overlay: parseName("try"), vni: parseVni(1), port: parsePort(4789) }, mark, [])
      : portFilter(parseNamespaceName("try"), mark);
  return `${making(filter).join("\n")}\n`;
}

type TableName = Pick<FilterId, "family" | "table">;

function removal({ family, table }: TableName): string {
  return `delete table ${family} ${table}`;
}

function making({ family, table, counters, sets, chains }: FilterObject): string[] {
  const name = `${family} ${table}`;
  return [
    `add table ${name}`,
    ...counters.map((counter) => `add counter ${name} ${counter}`),
    ...sets.map(({ name: set, type, options }) =>
      ["add set", name, set, "{ type", type, ";", ...(options === undefined ? [] : [options]), "}"].join(" "),
    ),
    ...sets.flatMap(({ name: set, elements = [] }) =>
      elements.map((element) => elementLine("add", { family, table }, set, element)),
    ),
    ...chains.flatMap(({ name: chain, hook, rules }) => {
      const place = `{ type filter hook ${hook?.at ?? ""} priority ${hook?.priority ?? 0} ; policy accept ; }`;
      const head = ["add chain", name, chain, ...(hook === undefined ? [] : [place])].join(" ");
      return [head, ...rules.map((rule) => `add rule ${name} ${chain} ${rule}`)];
    }),
  ];
}

function elementChanges({ changes }: Extract<Step, { op: "change" }>, filter: FilterObject): string[] {
  return changes.map(({ want, found }) => {
    const [verb, subject] = want === false ? (["delete", found] as const) : (["add", want] as const);
    const [set = "", ...element] = String(subject).split(" ");
    return elementLine(verb, filter, set, element.join(" "));
  });
}

/** Names of devices are quoted, as nft writes them. */
function elementLine(verb: "add" | "delete", { family, table }: TableName, set: string, element: string): string {
  const [first = "", ...others] = element.split(" . ");
  const quoted = family === "bridge" ? `"${first}"` : first;
  return `${verb} element ${family} ${table} ${set} { ${[quoted, ...others].join(" . ")} }`;
}
