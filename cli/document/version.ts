import * as z from "zod";
import { Problem } from "./problem.js";

/** `overlaynet version --json`. */
export const VersionDocument = z.strictObject({
  schema: z.literal("overlaynet/version/1"),
  command: z.string().describe("version of this command"),
  hosts: z.array(
    z.strictObject({
      name: z.string(),
      address: z.string(),
      agent: z.string().optional().describe("version of its agent; absent when it could not be asked"),
      digest: z.string().optional().describe("of the agent's files: two of one version can be two builds"),
      kernel: z.string().optional(),
      architecture: z.string().optional().describe("as Node.js names it"),
    }),
  ),
  problems: z.array(Problem),
});
export type VersionDocument = z.infer<typeof VersionDocument>;
