import { Finding } from "@overlaynet/core/doctor/index";
import * as z from "zod";
import { Problem } from "./problem.js";

/** `overlaynet doctor --json`. */
export const DoctorDocument = z.strictObject({
  schema: z.literal("overlaynet/doctor/1"),
  title: z.string().describe("what was looked at"),
  findings: z.array(Finding).describe("by host, then by way to another host"),
  problems: z.array(Problem).describe("hosts that could not be asked"),
});
export type DoctorDocument = z.infer<typeof DoctorDocument>;
