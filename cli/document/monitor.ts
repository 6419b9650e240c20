import { Miss } from "@overlaynet/core/operator/index";
import * as z from "zod";

/** A line of `overlaynet monitor --json`. */
export const MonitorDocument = z.strictObject({
  schema: z.literal("overlaynet/monitor/1"),
  event: z
    .enum(["miss", "following", "down", "lost", "skipped"])
    .describe(
      "`following`: a resolver is listened to from now on; `down`: it does not answer any more, and is tried again; `lost`: the host does not; `skipped`: more misses came than are told",
    ),
  time: z.string().describe("by the clock of the machine that the command runs on, in microseconds"),
  host: z.string(),
  overlay: z.string().optional(),
  what: z.string().optional().describe("of all but misses: a sentence"),
  skipped: z.number().optional().describe("how many misses"),
  miss: Miss.optional(),
});
export type MonitorDocument = z.infer<typeof MonitorDocument>;
