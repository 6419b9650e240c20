import * as z from "zod";

/** Something wrong, and what to do. */
export const Problem = z.strictObject({
  host: z.string().describe("name of the host"),
  overlay: z.string().optional().describe("name of the overlay, when it is about one"),
  kind: z
    .enum(["unreachable", "wrong"])
    .describe("`unreachable`: the host could not be asked; `wrong`: something is not as it should be"),
  what: z.string().describe("a sentence"),
  mend: z.string().describe("what to do, often a command"),
});
export type Problem = z.infer<typeof Problem>;
