import type { GraphDocument, GraphEdge, GraphNode, GraphState } from "../document/graph.js";
import { linesOf } from "./caption.js";

/** The graph in Graphviz's language (graphviz.org/doc/info/lang.html). */
export function dotText({ title, groups, nodes, edges }: GraphDocument): string {
  const names = new Map([...groups, ...nodes].map(({ id }, index) => [id, `n${index}`]));
  const nameOf = (id: string): string => names.get(id) ?? "";
  const inside = (of: string | undefined, indent: string): string[] => [
    ...nodes
      .filter(({ group }) => group === of)
      .map((node) => `${indent}${nameOf(node.id)} [label=${nodeLabel(node)}${look(node.state)}];`),
    ...groups
      .filter(({ group }) => group === of)
      .flatMap(({ id, name, kind, facts, wrong, state }) => {
        const about = kind === "host" ? ` ${facts["address"] ?? ""}` : "";
        return [
          `${indent}subgraph cluster_${nameOf(id)} {`,
          `${indent}  label=${quoted([`${kind} ${name}${about}`, ...wrong])};`,
          ...(state === "ok" ? [] : [`${indent}  ${look(state).slice(2).replaceAll(", ", "; ")};`]),
          ...inside(id, `${indent}  `),
          `${indent}}`,
        ];
      }),
  ];
  return [
    "graph overlaynet {",
    "  rankdir=LR;",
    '  graph [fontname="sans-serif", style=rounded, color=gray60];',
    '  node [fontname="sans-serif", fontsize=10, shape=box, style=rounded];',
    `  label=${quoted([title])};`,
    ...inside(undefined, "  "),
    ...edges.map((edge) => `  ${nameOf(edge.from)} -- ${nameOf(edge.to)} [${lineOf(edge)}];`),
    "}",
    "",
  ].join("\n");
}

function nodeLabel(node: GraphNode): string {
  return quoted(linesOf(node));
}

function look(state: GraphState): string {
  switch (state) {
    case "ok":
      return "";
    case "wrong":
      return ", color=red, penwidth=2";
    case "missing":
      return ', color=red, style="rounded,dashed"';
    case "unknown":
    case "foreign":
      return ', style="rounded,dashed"';
  }
}

function lineOf({ kind, state }: GraphEdge): string {
  const width = kind === "tunnel" ? "penwidth=3" : "penwidth=1";
  const colour = state === "wrong" || state === "missing" ? ", color=red" : "";
  const isDashed = state === "missing" || state === "unknown" || kind === "resolver";
  return `${width}${colour}${isDashed ? ", style=dashed" : ""}`;
}

/** Lines as a quoted string; a backslash begins an escape there, and a control character ends nothing. */
function quoted(lines: readonly string[]): string {
  const safe = lines.map((line) => line.replace(/\p{Cc}/gu, " ").replace(/[\\"]/g, (character) => `\\${character}`));
  // Character references of HTML are read in strings, too.
  return `"${safe.map((line) => line.replaceAll("&", "&amp;")).join("\\n")}"`;
}
