import * as z from "zod";
import { Problem } from "./problem.js";
import { StatusRecord } from "./status.js";

/** `overlaynet records list --json` and `get --json`. */
export const RecordsDocument = z.strictObject({
  schema: z.literal("overlaynet/records/1"),
  title: z.string().describe("what was looked at"),
  records: z
    .array(StatusRecord)
    .describe("one for each that hosts have alike; one that they have differently is there several times"),
  problems: z.array(Problem).describe("hosts that could not be asked, files that cannot be read"),
});
export type RecordsDocument = z.infer<typeof RecordsDocument>;

/** `overlaynet records put --json`, `rm --json` and `import --json`. */
export const RecordsEditDocument = z.strictObject({
  schema: z.literal("overlaynet/records-edit/1"),
  overlay: z.string(),
  hosts: z.array(
    z.strictObject({
      name: z.string(),
      written: z.array(z.string()).describe("files that are new or have another text now, as `arp/7.7.7.9`"),
      removed: z.array(z.string()),
    }),
  ),
  problems: z.array(Problem).describe("hosts that did not do it, and why"),
});
export type RecordsEditDocument = z.infer<typeof RecordsEditDocument>;
