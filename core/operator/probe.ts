import * as z from "zod";

/** What came of pings from a container to one address: a part of the answer to `probe`. */
export const PingResult = z.object({
  target: z.string(),
  sent: z.number(),
  /** Answers, each once. */
  received: z.number(),
  /** Answers to a ping that had been answered already: somebody else has the address too. */
  duplicates: z.number(),
  /** The way there and back of each that came back, in order. */
  milliseconds: z.array(z.number()),
  /** The first thing that ping(8) or a machine on the way complained of; empty when nothing was. */
  complaint: z.string(),
});
export type PingResult = z.infer<typeof PingResult>;

/** The end of the answer to `probe`. */
export const ProbeEnd = z.object({
  /** Addresses that probes were sent to. */
  targets: z.number(),
});
export type ProbeEnd = z.infer<typeof ProbeEnd>;
