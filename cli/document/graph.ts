import * as z from "zod";
import { Problem } from "./problem.js";

const oneWay = z.strictObject({ packets: z.number(), bytes: z.number(), errors: z.number(), dropped: z.number() });

/** How an element is. */
export const GraphState = z.enum(["ok", "wrong", "missing", "unknown", "foreign"]);
export type GraphState = z.infer<typeof GraphState>;

/** A command that shows more of an element. */
export const GraphCommand = z.strictObject({
  where: z.enum(["here", "host"]).describe("`here`: where this command runs; `host`: as root on the element's host"),
  command: z.string().describe("a line for a shell"),
});
export type GraphCommand = z.infer<typeof GraphCommand>;

const element = {
  id: z.string().describe("the same from one look to the next"),
  name: z.string(),
  host: z.string().optional(),
  overlay: z.string().optional(),
  state: GraphState.describe(
    "`wrong`: it differs from what was asked; `missing`: asked for and not there; `unknown`: its host could not be asked; `foreign`: there, and nobody asked for it",
  ),
  wrong: z.array(z.string()).describe("each difference in words"),
  facts: z.record(z.string(), z.string()).describe("what else is known, for people: keys may change with any version"),
  commands: z.array(GraphCommand).describe("that show more of it"),
};

/** Something that others are in. */
export const GraphGroup = z.strictObject({
  ...element,
  kind: z.enum(["host", "namespace", "container"]).describe("`namespace`: that of an overlay"),
  group: z.string().optional().describe("id of the group that it is in"),
});
export type GraphGroup = z.infer<typeof GraphGroup>;

/** A device, a resolver, or where tunnels meet. */
export const GraphNode = z.strictObject({
  ...element,
  kind: z
    .enum(["bridge", "vxlan", "port", "interface", "resolver", "device", "overlay", "vtep"])
    .describe(
      "`port`: a container's link on the bridge; `interface`: its device inside; `overlay`: where all tunnels of one meet; `vtep`: a tunnel's end that is no host of the overlay",
    ),
  group: z.string().optional().describe("id of the group that it is in"),
  traffic: z
    .strictObject({ received: oneWay, sent: oneWay })
    .optional()
    .describe("what has gone through a device since it was made"),
  misses: z.number().optional().describe("of a resolver since its start, all layers and outcomes"),
});
export type GraphNode = z.infer<typeof GraphNode>;

/** A link between two nodes. */
export const GraphEdge = z.strictObject({
  ...element,
  kind: z
    .enum(["veth", "bridge", "resolver", "tunnel"])
    .describe(
      "`veth`: the two ends of a container's link; `bridge`: a port and its bridge; `resolver`: a resolver and the device whose misses it answers; `tunnel`: a VXLAN device, or an end outside, and its overlay",
    ),
  from: z.string().describe("id of a node"),
  to: z.string().describe("id of a node"),
});
export type GraphEdge = z.infer<typeof GraphEdge>;

/** `overlaynet graph --json`. */
export const GraphDocument = z.strictObject({
  schema: z.literal("overlaynet/graph/1"),
  title: z.string().describe("what was looked at"),
  at: z.string().describe("when, ISO 8601"),
  groups: z.array(GraphGroup),
  nodes: z.array(GraphNode),
  edges: z.array(GraphEdge),
  problems: z.array(Problem),
});
export type GraphDocument = z.infer<typeof GraphDocument>;
export type GraphElement = GraphGroup | GraphNode | GraphEdge;
