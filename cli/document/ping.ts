import * as z from "zod";
import { Problem } from "./problem.js";

const PingEnd = z.strictObject({ container: z.string(), ip: z.string(), host: z.string() });

/** Pings from one container to another. */
export const PingPair = z.strictObject({
  overlay: z.string(),
  from: PingEnd,
  to: PingEnd,
  sent: z.number().describe("0 when nothing could be sent, or the host of `from` could not be asked"),
  received: z.number().describe("answers, each once"),
  duplicates: z.number().describe("answers to a ping that had been answered already"),
  milliseconds: z
    .strictObject({ least: z.number(), median: z.number(), most: z.number() })
    .optional()
    .describe("the way there and back; absent when nothing came back"),
  complaint: z.string().describe("the first that ping or a machine on the way complained of; empty when nothing was"),
});
export type PingPair = z.infer<typeof PingPair>;

/** `overlaynet ping --json`. */
export const PingDocument = z.strictObject({
  schema: z.literal("overlaynet/ping/1"),
  title: z.string().describe("what was looked at"),
  pairs: z.array(PingPair).describe("by overlay, then name"),
  problems: z.array(Problem).describe("pairs that no ping passed between, and hosts that could not be asked"),
});
export type PingDocument = z.infer<typeof PingDocument>;
