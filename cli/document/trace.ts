import * as z from "zod";
import { Problem } from "./problem.js";

/** One stage of a packet's way. */
export const TraceHop = z.strictObject({
  host: z.string().describe("name of the host that it is on"),
  way: z.enum(["there", "back"]).describe("`back`: of the answer"),
  name: z.string().describe("what kind of stage: `route`, `neighbour`, `forwarding` …"),
  seen: z.string().describe("what was found there, in words"),
  state: z
    .enum(["ok", "wrong", "doubtful", "unknown"])
    .describe("`doubtful`: it may follow from something else; `unknown`: the host could not be asked"),
  cause: z.string().optional().describe("what is wrong, a sentence"),
  mend: z.string().optional().describe("what to do, often a command"),
});
export type TraceHop = z.infer<typeof TraceHop>;

/** One real probe. */
export const TraceProof = z.strictObject({
  kind: z
    .enum(["arp", "ping", "size", "tcp"])
    .describe("`size`: a ping of the container's MTU that may not be fragmented"),
  ok: z.boolean(),
  result: z.string().describe("what came of it, in words"),
});
export type TraceProof = z.infer<typeof TraceProof>;

/** `overlaynet trace --json`. */
export const TraceDocument = z.strictObject({
  schema: z.literal("overlaynet/trace/1"),
  title: z.string().describe("what was looked at"),
  overlay: z.string(),
  from: z.strictObject({ host: z.string(), container: z.string(), ip: z.string() }),
  to: z
    .strictObject({ ip: z.string(), host: z.string().optional(), container: z.string().optional() })
    .describe("host and container are absent when it is an address that is none of a container's"),
  hops: z.array(TraceHop).describe("in the order that a packet, then its answer, takes them"),
  proofs: z.array(TraceProof).describe("empty with --no-probe"),
  first: TraceHop.optional().describe("the first hop that is wrong; absent when none is"),
  problems: z.array(Problem).describe("of the first hop that is wrong, or of hosts that could not be asked"),
});
export type TraceDocument = z.infer<typeof TraceDocument>;
