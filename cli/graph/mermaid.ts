import type { GraphDocument, GraphEdge, GraphGroup, GraphNode } from "../document/graph.js";
import { linesOf } from "./caption.js";

/** The graph for Mermaid (mermaid.js.org, flowchart), as Markdown pages of many kinds show it. */
export function mermaidText({ title, groups, nodes, edges }: GraphDocument): string {
  const names = new Map([...groups, ...nodes].map(({ id }, index) => [id, `n${index}`]));
  const nameOf = (id: string): string => names.get(id) ?? "";
  const inside = (of: string | undefined, indent: string): string[] => [
    ...nodes.filter(({ group }) => group === of).map((node) => `${indent}${nameOf(node.id)}["${nodeLabel(node)}"]`),
    ...groups
      .filter(({ group }) => group === of)
      .flatMap((group) => [
        `${indent}subgraph ${nameOf(group.id)}["${groupLabel(group)}"]`,
        ...inside(group.id, `${indent}  `),
        `${indent}end`,
      ]),
  ];
  const states = [...groups, ...nodes].filter(({ state }) => state !== "ok");
  const wrong = edges.flatMap(({ state }, index) => (state === "wrong" || state === "missing" ? [index] : []));
  return [
    "---",
    `title: ${JSON.stringify(quoted(title))}`,
    "---",
    "flowchart LR",
    ...inside(undefined, "  "),
    ...edges.map((edge) => `  ${nameOf(edge.from)} ${lineOf(edge)} ${nameOf(edge.to)}`),
    "  classDef wrong stroke:#c4142c,stroke-width:2px",
    "  classDef missing stroke:#c4142c,stroke-width:2px,stroke-dasharray:6 4",
    "  classDef unknown stroke-dasharray:3 4",
    "  classDef foreign stroke-dasharray:3 4",
    ...states.map(({ id, state }) => `  class ${nameOf(id)} ${state}`),
    ...(wrong.length === 0 ? [] : [`  linkStyle ${wrong.join(",")} stroke:#c4142c`]),
    "",
  ].join("\n");
}

function nodeLabel(node: GraphNode): string {
  return linesOf(node).map(quoted).join("<br>");
}

function groupLabel({ kind, name, facts, wrong }: GraphGroup): string {
  const about = kind === "host" ? ` ${facts["address"] ?? ""}` : "";
  return [`${kind} ${name}${about}`, ...wrong].map(quoted).join("<br>");
}

function lineOf({ kind, state }: GraphEdge): string {
  if (state === "missing" || state === "unknown" || kind === "resolver") return "-.-";
  return kind === "tunnel" ? "===" : "---";
}

/** Text in Mermaid's quotes: all but letters, digits and what is harmless by its number (`#35;`, "Entity codes to escape characters"). */
function quoted(text: string): string {
  const special = /[^\p{L}\p{N} .,:/+·↓↑…()@_-]/gu;
  return text.replace(special, (character) => `#${character.codePointAt(0) ?? 0};`);
}
