import * as z from "zod";

/** Something that was looked at, what was seen, and what to do about it. */
export const Finding = z.strictObject({
  host: z.string().describe("name of the host"),
  peer: z.string().optional().describe("name of the other host, when it is about the way to one"),
  check: z.string().describe("what was looked at: `kernel`, `udp`, `path mtu` …"),
  severity: z
    .enum(["ok", "note", "warning", "error"])
    .describe("`error`: an overlay cannot work; `warning`: it may stop or be slow; `note`: good to know"),
  evidence: z.string().describe("what was seen"),
  mend: z.string().optional().describe("what to do, often a command; absent when nothing is"),
});
export type Finding = z.infer<typeof Finding>;
