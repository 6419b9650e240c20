import * as z from "zod";
import { schema } from "./schema.js";

/** What a host is asked to know of one overlay: its own part of it and who the other hosts are. */
export const OverlaySpec = z.strictObject({
  kind: z.literal("overlay"),
  /** Names the state folder and the units of the overlay on every host. */
  overlay: schema.name,
  /** The Overlay resource's id: changes when the overlay is replaced, so that what belonged to the old one is told from the new. */
  overlayId: schema.identifier,
  /** This machine's name among {@link OverlaySpec.hosts}. */
  host: schema.name,
  /** Every host of the overlay and its VTEP, the underlay address that tunnel packets are sent to. */
  hosts: z.record(schema.name, schema.ip),
  vni: schema.vni,
  cidr: schema.cidr,
  /** The bridge's address in the overlay, the same on all hosts. */
  gateway: schema.ip,
  /** The UDP destination port of the tunnel; 4789 is VXLAN's own (RFC 7348 section 5). */
  port: schema.port,
  /** Of the containers' side; the underlay has to carry 50 bytes more. */
  mtu: schema.mtu,
  namespace: schema.namespaceName,
  bridge: schema.interfaceName,
  device: schema.interfaceName,
  /** Whether the device learns who is where from the frames it receives, as a switch does. */
  learning: z.boolean(),
  /** push: known records are written ahead of need; miss: only what the kernel asked for. */
  resolve: z.enum(["push", "miss"]),
  /** The folder that holds arp/ and fdb/. */
  storage: schema.absolutePath,
  /** This host was taken out of the overlay: no new containers, and the last one to go dismantles it. */
  leaving: z.boolean(),
  /** VTEPs besides the hosts and the neighbour entries' that may send into the tunnel. Absent where none are, as earlier providers know it. */
  trustedVteps: z.array(schema.ip).optional(),
  /** Whether anybody may send into the tunnel. Absent where not. */
  allowUnknownVteps: z.boolean().optional(),
});

/** One container: on its own host a namespace with an interface, on the others a record. */
export const ContainerSpec = z.strictObject({
  kind: z.literal("container"),
  overlay: schema.name,
  overlayId: schema.identifier,
  /** Also the name of its network namespace. */
  name: schema.name,
  host: schema.name,
  /** The VTEP of its host. */
  vtep: schema.ip,
  ip: schema.ip,
  mac: schema.mac,
  mtu: schema.mtu,
  /** The name of its interface inside its namespace. */
  interface: schema.interfaceName,
  /** Whether it gets a default route by the overlay's gateway. */
  gateway: z.boolean(),
  /** Whether it may send frames with others' addresses. Absent where not, as earlier providers know it. */
  allowSpoofing: z.boolean().optional(),
});

/** An endpoint outside Pulumi's care: a record, nothing more. */
export const NeighSpec = z.strictObject({
  kind: z.literal("neigh"),
  overlay: schema.name,
  overlayId: schema.identifier,
  name: schema.name,
  ip: schema.ip,
  mac: schema.mac,
  vtep: schema.ip,
});

export const Spec = z.discriminatedUnion("kind", [OverlaySpec, ContainerSpec, NeighSpec]);

export type OverlaySpec = z.infer<typeof OverlaySpec>;
export type ContainerSpec = z.infer<typeof ContainerSpec>;
export type NeighSpec = z.infer<typeof NeighSpec>;
export type Spec = z.infer<typeof Spec>;

/** Who a desired file, and every object made from it, belongs to. */
export const Owner = z.strictObject({
  /** The resource's id: random, made at create, kept in the resource's outputs. */
  uid: schema.identifier,
  /** For messages, and to recognise the resource whose create was interrupted before its uid was recorded. */
  project: z.string().max(200),
  stack: z.string().max(200),
  resource: z.string().max(200),
});
export type Owner = z.infer<typeof Owner>;

/** One file in a host's desired folder: what one resource asked of this host. */
export const Desired = z.strictObject({
  schemaVersion: z.literal(1),
  owner: Owner,
  /** Grows with every change of the resource; of two that claim the same thing the greater is the later one. */
  generation: z.number().int().nonnegative(),
  spec: Spec,
});
export type Desired = z.infer<typeof Desired>;

/** Identity of a resource on a host: the overlay, and within it the kind and the name. */
export type Target =
  | { readonly kind: "overlay"; readonly overlay: string }
  | { readonly kind: "container" | "neigh"; readonly overlay: string; readonly name: string };

/** The target that a spec describes. */
export function targetOf(spec: Spec): Target {
  return spec.kind === "overlay"
    ? { kind: "overlay", overlay: spec.overlay }
    : { kind: spec.kind, overlay: spec.overlay, name: spec.name };
}

/** The desired file of a target, relative to the overlay's state folder. */
export function desiredFile(target: Target): string {
  return target.kind === "overlay" ? "desired/overlay.json" : `desired/${target.kind}-${target.name}.json`;
}
