import * as z from "zod";
import { schema } from "../desired/schema.js";
import { OverlaySpec } from "../desired/spec.js";
import { readAs } from "./read-as.js";

/** Whose a resource is: names for people, without the resource's identity. */
export const Belongs = z.object({ project: z.string(), stack: z.string(), resource: z.string() });
export type Belongs = z.infer<typeof Belongs>;

/** What an overlay's resolver says of itself, or why nothing is heard of it. */
export const ResolverInspection = z.discriminatedUnion("running", [
  z.object({
    running: z.literal(false),
    /** Why nobody answers, in words. */
    reason: z.string(),
    /** The unit's last line in the journal; empty when there is none. */
    lastLine: z.string(),
  }),
  z.object({
    running: z.literal(true),
    /** Whether it runs from another build of the agent than the newest on the host. */
    outdated: z.boolean(),
    uptimeSeconds: z.number(),
    /** Since its start, by layer and outcome: `l3 answered`. */
    misses: z.record(z.string(), z.number()),
    /** All layers and outcomes, measured while the host was looked at. */
    missesPerSecond: z.number(),
    /** Misses for what is pushed ahead of need. */
    unexpectedMisses: z.number(),
    /** Entries mended while no record had changed. */
    repaired: z.number(),
    /** Entries that the kernel refused. */
    writeFailures: z.number(),
    /** Times the kernel dropped notices. */
    overruns: z.number(),
    /** Entries that the kernel holds and records ask for. */
    entries: z.object({ neighbours: z.number(), forwarding: z.number() }),
    /** Record files and folders that cannot be read, a sentence each. */
    complaints: z.array(z.string()),
    /** The last thing that failed and has not succeeded since, a sentence; empty when nothing has. */
    lastError: z.string(),
  }),
]);
export type ResolverInspection = z.infer<typeof ResolverInspection>;

/** What has gone one way through a link since it was made. */
const Traffic = z.object({ packets: z.number(), bytes: z.number(), errors: z.number(), dropped: z.number() });

/** A network device in one of an overlay's namespaces, as the kernel has it. */
export const LinkInspection = z.object({
  namespace: z.string(),
  name: z.string(),
  index: z.number(),
  /** `vxlan`, `bridge`, `veth` …; empty for hardware and the like. */
  kind: z.string(),
  up: z.boolean(),
  mtu: z.number().optional(),
  mac: z.string().optional(),
  /** Name of the bridge whose port it is. */
  master: z.string().optional(),
  /** Index of a veth's other end, in whatever namespace that is. */
  peer: z.number().optional(),
  received: Traffic,
  sent: Traffic,
});
export type LinkInspection = z.infer<typeof LinkInspection>;

/** A difference between what was asked and what is, and the place where it is. */
export const PlacedDifference = z.object({
  /** As drift has it. */
  words: z.string(),
  /** Empty for the host's own. */
  namespace: z.string(),
  device: z.string().optional(),
  /** The inner IP or MAC whose entry differs. */
  about: z.string().optional(),
});
export type PlacedDifference = z.infer<typeof PlacedDifference>;

/** A container that has its namespace on the host. */
export const ContainerInspection = z.object({
  name: z.string(),
  ip: readAs(schema.ip),
  mac: z.string(),
  /** Name of its device; absent where the agent is older. */
  interface: z.string().optional(),
  owner: Belongs,
  /** Differences between what was asked and what is, each in words. */
  drift: z.array(z.string()),
});
export type ContainerInspection = z.infer<typeof ContainerInspection>;

/** One overlay on one host. */
export const OverlayInspection = z.object({
  /** What the host is asked for next by this name. */
  overlay: readAs(schema.name),
  /** Absent when records or containers are there and the overlay is not: something was interrupted or damaged. */
  spec: OverlaySpec.optional(),
  owner: Belongs.optional(),
  /** The VXLAN device; absent when there is none. */
  device: z.object({ name: z.string(), up: z.boolean() }).optional(),
  containers: z.array(ContainerInspection),
  /** How many files each records folder holds that can be read. */
  records: z.object({ arp: z.number(), fdb: z.number() }),
  resolver: ResolverInspection,
  /** Packets that the filters dropped since they were made, by counter; or why that cannot be seen, a sentence. */
  dropped: z.union([z.record(z.string(), z.number()), z.string()]),
  /** VTEPs that records written by hand name and that may not send here. */
  outwardOnly: z.array(z.string()),
  /** What the repair unit has put right since boot, and what the last time, in words. */
  repairs: z.object({ count: z.number(), last: z.array(z.string()) }),
  units: z.array(z.object({ unit: z.string(), active: z.string(), enabled: z.string() })),
  /** Differences that are no container's, each in words. */
  drift: z.array(z.string()),
  /** Devices in the namespaces of the overlay and its containers; absent where the agent is older. A namespace that has not even `lo` is not there. */
  links: z.array(LinkInspection).optional(),
  /** Those of the differences that are at one place; absent where the agent is older. */
  differences: z.array(PlacedDifference).optional(),
  /** Desired files that cannot be read, a sentence each. */
  damaged: z.array(z.string()),
  /** What could not be looked at, a sentence each. */
  failures: z.array(z.string()),
});
export type OverlayInspection = z.infer<typeof OverlayInspection>;

/** The answer to `inspect`. */
export const Inspection = z.object({
  overlays: z.array(OverlayInspection),
  /** Who works on the host right now. */
  working: z.object({ holder: z.string(), since: z.string() }).optional(),
});
export type Inspection = z.infer<typeof Inspection>;
