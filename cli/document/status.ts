import { RecordEntry } from "@overlaynet/core/operator/index";
import * as z from "zod";
import { Problem } from "./problem.js";

const names = z.array(z.string());

/** One overlay on one host. */
export const StatusOverlay = z.strictObject({
  overlay: z.string(),
  vni: z.number().optional().describe("absent when the overlay's own part is not on the host"),
  resolver: z
    .enum(["running", "outdated", "down"])
    .describe("`outdated`: it runs from an older agent than the host has"),
  device: z.string().describe("name of the VXLAN device"),
  deviceState: z.enum(["up", "down", "missing"]),
  containers: z.number().describe("that live on this host"),
  records: z.number().describe("addresses on record"),
  entries: z
    .strictObject({ neighbours: z.number(), forwarding: z.number() })
    .optional()
    .describe("what the kernel holds of them; absent while no resolver runs"),
  dropped: z
    .record(z.string(), z.number())
    .optional()
    .describe("packets that the filters dropped since they were made, by counter; absent when that cannot be seen"),
  outwardOnly: names.describe("VTEPs that records written by hand name, and from which nothing is taken"),
  repaired: z
    .strictObject({ structure: z.number(), entries: z.number().optional() })
    .describe("what the host has put right by itself: structure since boot, entries since the resolver's start"),
  lastRepair: names.describe("what of the structure was put right the last time, in words"),
  drift: names.describe("each difference between what was asked and what is, in words"),
  missesPerSecond: z.number().describe("measured over half a second"),
  unanswered: z
    .number()
    .describe("misses that got no answer since the resolver's start: address unknown, or the kernel refused"),
  lastError: z.string().describe("empty when there is none"),
});
export type StatusOverlay = z.infer<typeof StatusOverlay>;

/** One host. */
export const StatusHost = z.strictObject({
  name: z.string(),
  address: z.string().describe("on the underlay"),
  reachable: z.boolean(),
  failure: z.string().optional().describe("why it could not be asked"),
  agent: z.strictObject({ version: z.string(), digest: z.string() }).optional(),
  kernel: z.string().optional(),
  working: z
    .strictObject({ holder: z.string(), since: z.string() })
    .optional()
    .describe("who changes something on the host right now"),
  overlays: z.array(StatusOverlay),
});
export type StatusHost = z.infer<typeof StatusHost>;

/** One container. */
export const StatusContainer = z.strictObject({
  overlay: z.string(),
  name: z.string(),
  host: z.string(),
  ip: z.string(),
  mac: z.string().optional().describe("absent when the host does not have it"),
  state: z
    .enum(["ok", "drift", "missing", "unknown"])
    .describe("`missing`: the stack has it and its host does not; `unknown`: its host could not be asked"),
  drift: names,
});
export type StatusContainer = z.infer<typeof StatusContainer>;

/** One record, as all hosts together have it. */
export const StatusRecord = RecordEntry.extend({
  overlay: z.string(),
  host: z.string().optional().describe("name of the host that has the address `vtep`; absent for one outside"),
  on: names.describe("hosts whose files say so"),
}).strict();
export type StatusRecord = z.infer<typeof StatusRecord>;

/** `overlaynet status --json`. */
export const StatusDocument = z.strictObject({
  schema: z.literal("overlaynet/status/1"),
  title: z.string().describe("what was looked at"),
  ok: z.boolean().describe("true when nothing is wrong and all hosts answered"),
  hosts: z.array(StatusHost),
  containers: z.array(StatusContainer),
  records: z.array(StatusRecord).describe("at most 1000 of each host and overlay"),
  problems: z.array(Problem),
});
export type StatusDocument = z.infer<typeof StatusDocument>;
