import { Refused, type Namespace, type Table } from "./state.js";

type Tables = Map<string, Table>;

/** Runs all lines, or none when one is refused: a transaction. @throws Refused */
export function transact(namespace: Namespace, lines: readonly string[]): void {
  const tables: Tables = new Map([...namespace.tables].map(([name, table]) => [name, copy(table)]));
  for (const line of lines) command(tables, line);
  namespace.tables = tables;
}

function command(tables: Tables, line: string): void {
  const [verb = "", object = "", family = "", name = "", ...rest] = line.split(" ");
  const key = `${family} ${name}`;
  if (`${verb} ${object}` === "add table") {
    if (!tables.has(key)) tables.set(key, { counters: new Set(), sets: new Map(), chains: new Map() });
    return;
  }
  const table = tables.get(key);
  if (table === undefined) throw new Refused("Error: Could not process rule: No such file or directory");
  const [what = "", ...words] = rest;
  switch (`${verb} ${object}`) {
    case "delete table":
      tables.delete(key);
      break;
    case "add counter":
      table.counters.add(what);
      break;
    case "add set":
      table.sets.set(what, {
        type:
          braced(words)
            .split(" ;")[0]
            ?.replace(/^type /, "") ?? "",
        elements: new Set(),
      });
      break;
    case "add element":
      setOf(table, what).add(braced(words));
      break;
    case "delete element":
      if (!setOf(table, what).delete(braced(words)))
        throw new Refused("Error: Could not process rule: No such file or directory");
      break;
    case "add chain":
      table.chains.set(what, { hook: hookOf(words), rules: [] });
      break;
    case "add rule": {
      const text = words.join(" ");
      check(table, text);
      chainOf(table, what).push(text);
      break;
    }
    default:
      throw new Refused(`Error: syntax error, unexpected ${verb} ${object}`);
  }
}

/** A rule can speak only of sets, counters and chains that are there. */
function check(table: Table, text: string): void {
  const sets = [...text.matchAll(/@([a-z]+)\b(?!,)/g)].filter(([, name = ""]) => !table.sets.has(name));
  const counters = [...text.matchAll(/counter name (\S+)/g)].filter(([, name = ""]) => !table.counters.has(name));
  const chains = [...text.matchAll(/goto (\S+)/g)].filter(([, name = ""]) => !table.chains.has(name));
  if (sets.length + counters.length + chains.length > 0) {
    throw new Refused("Error: Could not process rule: No such file or directory");
  }
}

function setOf(table: Table, name: string): Set<string> {
  const set = table.sets.get(name);
  if (set === undefined) throw new Refused("Error: No such file or directory");
  return set.elements;
}

function chainOf(table: Table, name: string): string[] {
  const chain = table.chains.get(name);
  if (chain === undefined) throw new Refused("Error: No such file or directory");
  return chain.rules;
}

function braced(words: readonly string[]): string {
  return /^\{ (.*) \}$/.exec(words.join(" "))?.[1]?.replaceAll('"', "") ?? "";
}

function hookOf(words: readonly string[]): string | undefined {
  const [, at, priority] = /type filter hook (\w+) priority (-?\d+) ; policy accept ;/.exec(words.join(" ")) ?? [];
  return at === undefined ? undefined : `${at} ${priority ?? ""} accept`;
}

function copy({ counters, sets, chains }: Table): Table {
  return {
    counters: new Set(counters),
    sets: new Map([...sets].map(([name, { type, elements }]) => [name, { type, elements: new Set(elements) }])),
    chains: new Map([...chains].map(([name, { hook, rules }]) => [name, { hook, rules: [...rules] }])),
  };
}
