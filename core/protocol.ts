/**
 * The session's messages: one JSON text a line, both ways, over the channel that `overlaynet session` was started on.
 * The agent speaks first: {@link marker} and a {@link Greeting} on one line; whatever a login shell printed before is skipped.
 */
import * as z from "zod";
import { Owner, Spec } from "./desired/spec.js";
import { schema } from "./desired/schema.js";
import { operatorRequests } from "./operator/request.js";

/** The protocol's version; an agent greets with the newest it speaks and the oldest it still understands. */
export const protocolVersion = 1;

/** Begins the greeting's line. */
export const marker = "overlaynet-session ";

/** The longest line that either side accepts, in bytes. */
export const maxLine = 1024 * 1024;

/** The client says something (a ping at least) this often, in milliseconds. */
export const pingInterval = 10_000;

/** After this long without a word from the client the agent finishes what it has persisted and exits, in milliseconds. */
export const silenceLimit = 30_000;

export const Greeting = z.object({
  protocol: z.object({ newest: z.number().int(), oldest: z.number().int() }),
  agent: z.object({ version: z.string(), digest: z.string() }),
  host: z.object({
    hostname: z.string(),
    /** /etc/machine-id: two addresses that reach one machine are one host. */
    machineId: z.string(),
    bootId: z.string(),
    kernel: z.string(),
    architecture: z.string(),
  }),
});
export type Greeting = z.infer<typeof Greeting>;

const OverlayTarget = z.strictObject({ kind: z.literal("overlay"), overlay: schema.name });
const MemberTarget = z.strictObject({
  kind: z.enum(["container", "neigh"]),
  overlay: schema.name,
  name: schema.name,
});
const Target = z.discriminatedUnion("kind", [OverlayTarget, MemberTarget]);
const id = z.number().int().nonnegative();

/** What a client asks. Requests are answered in any order; those that wait while a batch runs are taken together. */
export const Request = z.discriminatedUnion("op", [
  /** Make it so, and keep it so. Idempotent. */
  z.strictObject({
    id,
    op: z.literal("apply"),
    owner: Owner,
    generation: z.number().int().nonnegative(),
    spec: Spec,
    /** Take over what exists under these names and belongs to nobody. */
    adopt: z.boolean(),
    /** Earlier claims of the same stack yield: this host was away when they were given up. */
    supersede: z.boolean().optional(),
  }),
  /** Undo it. What is gone already is a success. A generation older than the host's is answered with `stale` and removes nothing. */
  z.strictObject({
    id,
    op: z.literal("remove"),
    owner: Owner,
    generation: z.number().int().nonnegative(),
    target: Target,
    overlayId: schema.identifier,
  }),
  /** Compare what was asked of the host with what it holds; changes nothing. */
  z.strictObject({ id, op: z.literal("read"), owner: Owner, target: Target }),
  z.strictObject({ id, op: z.literal("status") }),
  z.strictObject({ id, op: z.literal("ping") }),
  ...operatorRequests,
]);
export type Request = z.infer<typeof Request>;
export type ApplyRequest = Extract<Request, { op: "apply" }>;
export type RemoveRequest = Extract<Request, { op: "remove" }>;
export type ReadRequest = Extract<Request, { op: "read" }>;

/**
 * Why a request failed.
 * - `refused`: judged before anything was changed (conflict, foreign object, unmet requirement); the host is untouched
 * - `failed`: begun, persisted as desired, and not finished; running it again, or the ensure unit, finishes it
 * - `stale`: the host knows a later generation of this resource
 * - `protocol`: the message was not understood
 */
export const FailureCode = z.enum(["refused", "failed", "stale", "protocol"]);
export type FailureCode = z.infer<typeof FailureCode>;

export const Failure = z.object({
  code: FailureCode,
  /** A sentence without the host's name (the client knows it better): cause, and mend where there is one. */
  message: z.string(),
  /** The agent was taken off the host while this session was open: to be put there again, and then asked again. */
  uninstalled: z.literal(true).optional(),
});
export type Failure = z.infer<typeof Failure>;

export const ApplyResult = z.object({
  /** How many steps were run; 0 when all was so already. */
  steps: z.number().int(),
  /** What the host found changed by others and put right, in words. */
  repaired: z.array(z.string()),
});
export type ApplyResult = z.infer<typeof ApplyResult>;

export const RemoveResult = z.object({ removed: z.boolean() });
export type RemoveResult = z.infer<typeof RemoveResult>;

export const ReadResult = z.object({
  /** Whether the host has a desired file of this resource and this owner. */
  found: z.boolean(),
  /** The host's desired state of it. */
  spec: Spec.optional(),
  /** Differences between desired and kernel, units, records, each in words: `vxlan1 mtu 1400, want 1450`. */
  drift: z.array(z.string()),
});
export type ReadResult = z.infer<typeof ReadResult>;

/** What an agent says: an answer to a request, or an event for people. */
export const Reply = z.union([
  z.object({ id, ok: z.literal(true), result: z.unknown() }),
  z.object({ id, ok: z.literal(false), error: Failure }),
  /** Another session holds the host's lock. */
  z.object({ event: z.literal("waiting"), holder: z.string(), since: z.string() }),
  z.object({ event: z.literal("log"), message: z.string() }),
  /** A part of an answer that comes in parts; sent only to those who asked for one that does. */
  z.object({ id, part: z.unknown() }),
]);
export type Reply = z.infer<typeof Reply>;
