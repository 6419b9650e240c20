import type { GraphNode } from "../document/graph.js";

/** By how many pixels lines of text are apart. */
export const lineHeight = 15;

const sizes: Readonly<Record<GraphNode["kind"], readonly [width: number, lines: number]>> = {
  bridge: [128, 4],
  vxlan: [128, 4],
  port: [104, 2],
  interface: [128, 4],
  resolver: [112, 3],
  device: [128, 4],
  overlay: [136, 4],
  vtep: [128, 2],
};

/** A node's size does not depend on what it counts, so that places stay while counters run. */
export function sizeOf({ kind }: GraphNode): { width: number; height: number } {
  const [width, lines] = sizes[kind];
  return { width, height: lines * lineHeight + 10 };
}
