import ELK, { type ElkExtendedEdge, type ElkNode } from "elkjs/lib/elk.bundled.js";
import type { GraphDocument } from "../document/graph.js";
import { sizeOf } from "./sizes.js";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything is, in pixels from the upper left corner. */
export interface Placed {
  readonly width: number;
  readonly height: number;
  /** Groups and nodes, by id. */
  readonly boxes: ReadonlyMap<string, Box>;
  /** Edges, by id: the points of their line. */
  readonly lines: ReadonlyMap<string, readonly Point[]>;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Room for a group's heading. */
const heading = 34;
const padding = 12;

const root = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.crossingMinimization.forceNodeModelOrder": "true",
  "elk.layered.mergeEdges": "true",
  "elk.spacing.nodeNode": "14",
  "elk.layered.spacing.nodeNodeBetweenLayers": "28",
  "elk.padding": "[top=16,left=16,bottom=16,right=16]",
};
const inner = { "elk.padding": `[top=${heading},left=${padding},bottom=${padding},right=${padding}]` };

/**
 * Places a graph: hosts in two columns, every other one on the left, containers outside, tunnel devices inside, and the overlays between them. The same graph gives the same places.
 */
export async function place(graph: GraphDocument): Promise<Placed> {
  const laidOut = await new ELK().layout(elkGraph(graph));
  const boxes = new Map<string, Box>();
  const lines = new Map<string, readonly Point[]>();
  collect(laidOut, { x: 0, y: 0 }, boxes, lines);
  return { width: laidOut.width ?? 0, height: laidOut.height ?? 0, boxes, lines };
}

function elkGraph({ groups, nodes, edges }: GraphDocument): ElkNode {
  const hosts = groups.filter(({ kind }) => kind === "host").map(({ id }) => id);
  const kinds = new Map(nodes.map(({ id, kind }) => [id, kind]));
  const parents = new Map([...groups, ...nodes].map(({ id, group }) => [id, group]));
  const isLeft = (id: string): boolean => {
    for (let at: string | undefined = id; at !== undefined; at = parents.get(at)) {
      const place = hosts.indexOf(at);
      if (place !== -1) return place % 2 === 0;
    }
    return false;
  };
  const children = (of: string | undefined): ElkNode[] => [
    ...groups
      .filter(({ group }) => group === of)
      .map(({ id }) => ({ id, layoutOptions: inner, children: children(id) })),
    ...nodes.filter(({ group }) => group === of).map((node) => ({ id: node.id, ...sizeOf(node) })),
  ];
  return {
    id: "root",
    layoutOptions: root,
    children: children(undefined),
    // All lead from left to right: on the left from containers to the overlay, on the right from there to containers.
    edges: edges.map(({ id, kind, from, to }): ElkExtendedEdge => {
      const isInward = kind !== "bridge" || kinds.get(from) !== "vxlan";
      const [source, target] = isLeft(from) === isInward ? [from, to] : [to, from];
      return { id, sources: [source], targets: [target] };
    }),
  };
}

/** Positions are relative to the parent, those of an edge to the node that contains both ends. */
function collect(node: ElkNode, at: Point, boxes: Map<string, Box>, lines: Map<string, readonly Point[]>): void {
  const origins = new Map<string, Point>();
  const visit = (one: ElkNode, origin: Point): void => {
    origins.set(one.id, origin);
    for (const child of one.children ?? []) {
      const place = { x: origin.x + (child.x ?? 0), y: origin.y + (child.y ?? 0) };
      boxes.set(child.id, { ...place, width: child.width ?? 0, height: child.height ?? 0 });
      visit(child, place);
    }
  };
  visit(node, at);
  for (const edge of node.edges ?? []) {
    const { container } = edge as { container?: string };
    const origin = origins.get(container ?? node.id) ?? at;
    const points = (edge.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
      startPoint,
      ...bendPoints,
      endPoint,
    ]);
    lines.set(
      edge.id,
      points.map(({ x, y }) => ({ x: x + origin.x, y: y + origin.y })),
    );
  }
}
