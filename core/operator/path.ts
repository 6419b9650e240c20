import * as z from "zod";
import { ContainerSpec, OverlaySpec } from "../desired/spec.js";
import { LinkInspection, PlacedDifference } from "./inspection.js";

/** A neighbour of a device, as the kernel has it. */
export const NeighbourFact = z.object({
  /** Absent while it is asked for, or nobody answered. */
  mac: z.string().optional(),
  /** `REACHABLE`, `STALE`, `PERMANENT`, `FAILED` … as ip-neighbour(8) names them. */
  states: z.array(z.string()),
});
export type NeighbourFact = z.infer<typeof NeighbourFact>;

/** Where the kernel would send a packet. */
export const RouteFact = z.object({
  device: z.string().optional(),
  /** Address of the next machine; absent when the destination is on the device's own network. */
  via: z.string().optional(),
  source: z.string().optional(),
  /** Why it would send none, as the kernel says it; empty when it would. */
  refusal: z.string(),
});
export type RouteFact = z.infer<typeof RouteFact>;

/** The underlay between this host and a VTEP. */
export const UnderlayFacts = z.object({
  /** The other end. */
  vtep: z.string(),
  route: RouteFact,
  /** Why a packet that comes from there is not taken: as the kernel says it, or that this host does not have its own VTEP's address; empty when it is taken. */
  refusal: z.string(),
  /** Bytes that go through the device on the way. */
  mtu: z.number().optional(),
  /** The next machine on the way, when it has been asked for. */
  neighbour: NeighbourFact.optional(),
});
export type UnderlayFacts = z.infer<typeof UnderlayFacts>;

/** The answer to `path`: all that decides, on a container's host, what becomes of packets between it and one address. */
export const PathFacts = z.object({
  spec: OverlaySpec,
  container: ContainerSpec,
  /** Name of the container's link on the bridge. */
  port: z.string(),
  /** The resource that has the address, as this host knows it; absent when none has. */
  asked: z
    .object({ kind: z.enum(["container", "neigh"]), name: z.string(), mac: z.string(), vtep: z.string() })
    .optional(),
  /** The address's record on disk. */
  record: z.object({ mac: z.string().optional(), vtep: z.string().optional() }),
  /** Between what was asked and what is: of the overlay, the container, and the address's entries. */
  differences: z.array(PlacedDifference),
  /** Devices in the namespaces of the overlay and the container. */
  links: z.array(LinkInspection),
  /** From inside the container to the address. */
  route: RouteFact,
  /** Why the container takes nothing that comes from the address, as the kernel says it; empty when it does. */
  refusal: z.string(),
  /** The address as a neighbour of the container's device. */
  neighbour: NeighbourFact.optional(),
  /** Device behind which the bridge has the MAC that the container sends to. */
  behind: z.string().optional(),
  /** The address as a neighbour of the VXLAN device. */
  proxied: NeighbourFact.optional(),
  /** VTEP that the VXLAN device sends the address's MAC to. */
  forwarded: z.string().optional(),
  resolver: z.object({ running: z.boolean(), reason: z.string() }),
  /** Absent when the address is on this very host, or where it is is not known. */
  underlay: UnderlayFacts.optional(),
  /** Packets that the overlay's filters have dropped, by counter. */
  dropped: z.record(z.string(), z.number()),
  /** Tables of nftables that can drop packets and are not the overlay's, in words: on the host, and in the container. */
  firewalls: z.object({ host: z.array(z.string()), container: z.array(z.string()) }),
  /** What could not be looked at, a sentence each. */
  failures: z.array(z.string()),
});
export type PathFacts = z.infer<typeof PathFacts>;

/** The answer to `connect`: what came of a TCP connection. */
export const ConnectResult = z.object({
  /** `refused` is an answer too: of a machine where nobody listens. `silent`: none came in time. */
  outcome: z.enum(["open", "refused", "silent", "failed"]),
  /** Why it failed, as errno's name; empty when it did not. */
  reason: z.string(),
  milliseconds: z.number(),
});
export type ConnectResult = z.infer<typeof ConnectResult>;
