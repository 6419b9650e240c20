import type { GraphElement, GraphNode } from "../document/graph.js";

/** What stands in a node's box. */
export interface Caption {
  /** What kind of thing it is, in a word. */
  readonly kind: string;
  /** What it is known by, beside its name; empty where there is no room for it. */
  readonly about: string;
  /** What it counts, or what is wrong with it. */
  readonly rest: readonly string[];
}

const kinds: Readonly<Record<GraphNode["kind"], string>> = {
  bridge: "bridge",
  vxlan: "VXLAN",
  port: "",
  interface: "veth",
  resolver: "",
  device: "not ours",
  overlay: "overlay",
  vtep: "outside",
};

/** The most important of a node, for a few short lines; what is wrong comes before anything else. */
export function captionOf(node: GraphNode): Caption {
  const note = noteOf(node);
  return {
    kind: kinds[node.kind],
    about: isSmall(node) && note !== undefined ? "" : aboutOf(node),
    rest: note === undefined ? countersOf(node) : [note],
  };
}

/** Its box has room for one line beside the name. */
function isSmall({ kind }: GraphNode): boolean {
  return kind === "port" || kind === "vtep";
}

/** The same as lines of plain text, the name first. */
export function linesOf(node: GraphNode): string[] {
  const { about, rest } = captionOf(node);
  return [node.name, about, ...rest].filter((line) => line !== "");
}

function aboutOf({ kind, facts }: GraphNode): string {
  switch (kind) {
    case "bridge":
      return facts["gateway"] ?? "";
    case "vxlan":
      return facts["own address"] ?? "";
    case "interface":
      return facts["address"] ?? "";
    case "port":
      return facts["container"] ?? "";
    case "resolver":
      return facts["neighbour entries"] === undefined
        ? ""
        : `${facts["neighbour entries"]} + ${facts["forwarding entries"] ?? ""} entries`;
    case "overlay":
      return facts["VNI"] === undefined ? "" : `VNI ${facts["VNI"]}, UDP ${facts["UDP port"] ?? ""}`;
    case "device":
      return facts["kind"] ?? "";
    case "vtep":
      return facts["records"]?.replace(/:.*/, "") ?? "";
  }
}

/** Why a box has no counters, or what is more important. */
function noteOf(node: GraphElement): string | undefined {
  if (node.state === "missing") return "missing";
  if (node.state === "unknown") return "not known";
  return node.wrong[0];
}

function countersOf({ kind, traffic, misses, facts }: GraphNode): string[] {
  if (kind === "port") return [];
  if (traffic !== undefined) {
    const oneWay = ({ packets, bytes }: typeof traffic.sent): string => `${amount(packets)} pkt, ${amount(bytes)}B`;
    return [`↓ ${oneWay(traffic.received)}`, `↑ ${oneWay(traffic.sent)}`];
  }
  if (misses !== undefined) return [`${amount(misses)} misses`];
  return kind === "overlay" ? [facts["network"] ?? "", `${facts["hosts"] ?? ""} hosts`] : [];
}

/** A count in at most four characters: 999, 1.2k, 34M. */
export function amount(count: number): string {
  for (const [unit, size] of [
    ["T", 1e12],
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    // What would be rounded to the next power belongs to it.
    if (count < size * 0.9995) continue;
    const scaled = count / size;
    return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`;
  }
  return String(Math.round(count));
}
