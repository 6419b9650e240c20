/**
 * What operators ask of a host, beside what a provider asks: to look, to probe, to follow, to keep a record by hand. Served beside the batches and without the host's lock, so that a host is seen
 * while somebody works on it. Additive: an agent that does not know one of them answers with the failure `protocol`.
 */
import * as z from "zod";
import { schema } from "../desired/schema.js";
import { Examination } from "../doctor/examination.js";
import { recordsPerMessage } from "./records.js";

const id = z.number().int().nonnegative();

/** The most addresses that one probe is sent to, and the most probes to each. */
export const probeLimits = { targets: 256, count: 100 };

/** Milliseconds between two probes of one address, at the least: what ping(8) lets everybody do. */
export const leastProbeInterval = 200;

/** Bytes of the smallest IPv4 packet whose way ping(8) times: the headers of IPv4 (RFC 791) and ICMP (RFC 792), and its clock. */
export const leastProbeSize = 20 + 8 + 16;

/** Bytes of a packet, up to what its length field can say (RFC 791). */
const packetSize = z.number().int().min(leastProbeSize).max(65_535);

/** Records as they are on disk: a file arp/<ip> that holds a MAC, a file fdb/<mac> that holds a VTEP. */
const recordFiles = z.strictObject({
  arp: z.array(z.strictObject({ ip: schema.ip, mac: schema.mac })).max(recordsPerMessage),
  fdb: z.array(z.strictObject({ mac: schema.mac, vtep: schema.ip })).max(recordsPerMessage),
});

export const operatorRequests = [
  /** What the host was asked to hold and what it holds, all overlays or one: {@link Inspection}. Changes nothing. */
  z.strictObject({ id, op: z.literal("inspect"), overlay: schema.name.optional() }),
  /** The records of an overlay, in messages of at most {@link recordsPerMessage}, then {@link RecordsEnd}. Changes nothing. */
  z.strictObject({
    id,
    op: z.literal("records"),
    overlay: schema.name,
    /** No more than so many; all by default. */
    limit: z.number().int().nonnegative().optional(),
  }),
  /**
   * Writes and removes records by hand, as files in arp/ and fdb/: {@link RecordsEdited}. Under the host's lock. Nothing is done when one of them is a resource's and would become different.
   * Doing it again changes nothing.
   */
  z.strictObject({ id, op: z.literal("editRecords"), overlay: schema.name, put: recordFiles, remove: recordFiles }),
  /** All that decides what becomes of packets between a container of this host and an address: {@link PathFacts}. Changes nothing. */
  z.strictObject({ id, op: z.literal("path"), overlay: schema.name, container: schema.name, address: schema.ip }),
  /** A TCP connection from a container of this host, ended as soon as it is there: {@link ConnectResult}. */
  z.strictObject({
    id,
    op: z.literal("connect"),
    overlay: schema.name,
    container: schema.name,
    address: schema.ip,
    port: schema.port,
    /** Milliseconds that it is waited for. */
    wait: z.number().int().min(1).max(10_000).default(1000),
  }),
  /** Pings from a container of this host: {@link PingResult} of each address as soon as it is known, in parts, then {@link ProbeEnd}. */
  z.strictObject({
    id,
    op: z.literal("probe"),
    overlay: schema.name,
    container: schema.name,
    targets: z.array(schema.ip).min(1).max(probeLimits.targets),
    count: z.number().int().min(1).max(probeLimits.count).default(1),
    /** Milliseconds between two of one address. */
    interval: z.number().int().min(leastProbeInterval).max(1000).default(leastProbeInterval),
    /** Milliseconds that the last answer of one address is waited for. */
    wait: z.number().int().min(1).max(10_000).default(1000),
    /** Bytes of the whole packet, which then may not be fragmented. */
    size: packetSize.optional(),
  }),
  /**
   * What the resolvers of all overlays, or of one, are asked and answer, as it happens: parts of {@link MonitorPart} until the session ends. Changes nothing.
   */
  z.strictObject({
    id,
    op: z.literal("monitor"),
    overlay: schema.name.optional(),
    /** Each miss with the kernel's message. */
    raw: z.boolean(),
  }),
  /** Whether a host is fit for overlays, one look of several: {@link Examined}. Changes nothing. */
  z.strictObject({ id, op: z.literal("examine"), examination: Examination }),
  /** What people who look for a fault want to see of a host, as text: parts of {@link CollectedPart}, then {@link CollectedEnd}. Changes nothing. */
  z.strictObject({ id, op: z.literal("collect") }),
  /** The host's time: {@link Clock}. */
  z.strictObject({ id, op: z.literal("clock") }),
] as const;

/** Any request of an operator. */
export const OperatorRequest = z.discriminatedUnion("op", operatorRequests);
export type OperatorRequest = z.infer<typeof OperatorRequest>;
export type OperatorOp = OperatorRequest["op"];

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
/** A request before it is numbered and its names were looked at. */
export type OperatorAsk = WithoutId<z.input<typeof OperatorRequest>>;

const ops: ReadonlySet<string> = new Set(operatorRequests.map((request) => request.shape.op.value));

/** Whether a request is one of an operator, to be served beside the batches. */
export function isOperatorRequest<T extends { readonly op: string }>(request: T): request is T & OperatorRequest {
  return ops.has(request.op);
}
