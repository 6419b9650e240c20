import * as z from "zod";

/** A message about a neighbour or forwarding entry as the kernel sent it, every part of it, in the names of its headers (linux/rtnetlink.h, linux/neighbour.h). */
export const DecodedMessage = z.object({
  type: z.string().describe("`RTM_GETNEIGH`, or its number"),
  flags: z.number().describe("NLM_F_* bits of its header"),
  family: z.string().describe("`AF_INET`; an L2 miss has it too"),
  ifindex: z.number(),
  state: z.array(z.string()).describe("`NUD_STALE` …"),
  entryFlags: z.array(z.string()).describe("`NTF_SELF` …"),
  entryType: z.number().describe("RTN_*"),
  attributes: z.array(z.object({ name: z.string().describe("`NDA_DST` …"), value: z.string() })),
});
export type DecodedMessage = z.infer<typeof DecodedMessage>;

/** A miss, and what came of it. The kernel does not tell which container asks: a miss is about the one that is asked for. */
export const Miss = z.object({
  at: z.number().describe("when it was received, by the host's clock, in milliseconds since 1970"),
  layer: z
    .enum(["l3", "l2", "ipv6"])
    .describe("what lacks: `l3` the MAC of an address, `l2` the VTEP of a MAC; for IPv6 there are no records"),
  address: z.string().describe("an IP, of an L2 miss a MAC"),
  device: z.string().describe("name of the VXLAN device"),
  answer: z
    .enum(["answered", "unknown", "local", "gateway", "outside", "ipv6", "failed", "limited"])
    .describe(
      "`failed`: the kernel did not take the entry; `limited`: not in memory, and not looked for among the files, for too many like it were; all else but `answered`: why there is none",
    ),
  from: z
    .enum(["memory", "file", "negative cache", "configuration"])
    .describe(
      "where that was found: `memory`: the records as the resolver has them; `file`: the records' files, looked at for this miss; `negative cache`: they were looked at within the last second",
    ),
  mac: z.string().optional().describe("what was answered"),
  vtep: z.string().optional().describe("what was answered"),
  replied: z.boolean().describe("whether an ARP reply was injected for the container that waits"),
  times: z.number().describe("notices of it that were answered together"),
  unexpected: z.boolean().describe("whether the entry was pushed ahead of need, so that something had taken it away"),
  microseconds: z.number().describe("from when it was received until all was done"),
  message: DecodedMessage.optional().describe("the kernel's notice, the first of them; with --raw"),
});
export type Miss = z.infer<typeof Miss>;

/** A part of the answer to `monitor`; order counts. */
export const MonitorPart = z.union([
  /** The resolver is listened to from now on. */
  z.object({ overlay: z.string(), following: z.literal(true) }),
  /** Nobody listens to it any more, and why; it is tried again. */
  z.object({ overlay: z.string(), down: z.string() }),
  /** What happened; `skipped` more misses came than are told. */
  z.object({ overlay: z.string(), misses: z.array(Miss), skipped: z.number() }),
]);
export type MonitorPart = z.infer<typeof MonitorPart>;

/** The answer to `clock`: a host's time in milliseconds since 1970, with fractions. */
export const Clock = z.object({ now: z.number() });
