import type { ResolverConfig } from "@overlaynet/core/records";
import type { SyncReport } from "../entries/index.js";
import type { RecordStore } from "../records/index.js";
import { agentDigest } from "../artifacts/digest.js";
import type { FollowedRecords } from "./followed-records.js";
import type { Resolver } from "./resolver.js";

/** What a resolver says of itself: GET /status. */
export interface ResolverStatus {
  readonly pid: number;
  /** The digest of the agent it runs from: another than the newest has to be started anew. */
  readonly agent: string;
  readonly uptimeSeconds: number;
  readonly config: ResolverConfig;
  readonly records: { readonly arp: number; readonly fdb: number };
  /** Record files and folders that could not be read, each a sentence. */
  readonly complaints: readonly string[];
  /** The last comparison of records and kernel. */
  readonly sync: SyncReport;
  readonly misses: Readonly<Record<string, number>>;
  readonly syncs: Readonly<Record<string, number>>;
  readonly unexpectedMisses: number;
  readonly repaired: number;
  readonly announced: number;
  readonly announceFailures: number;
  readonly writeFailures: number;
  readonly overruns: number;
  readonly malformedMessages: number;
  readonly foreignNotices: number;
  readonly unknownAddresses: number;
}

/** The answer to POST /sync: the kernel holds what these records say. */
export type SyncAnswer = SyncReport & { readonly records: { readonly arp: number; readonly fdb: number } };

export function statusOf(resolver: Resolver, records: FollowedRecords, uptimeSeconds: number): ResolverStatus {
  const { counters } = resolver;
  return {
    pid: process.pid,
    agent: agentDigest,
    uptimeSeconds,
    config: resolver.config,
    records: recordCounts(records.store),
    complaints: records.complaints,
    sync: resolver.report,
    misses: Object.fromEntries(counters.misses),
    syncs: Object.fromEntries(counters.syncs),
    unexpectedMisses: counters.unexpected,
    repaired: counters.repaired,
    announced: counters.announced,
    announceFailures: counters.announceFailures,
    writeFailures: counters.writeFailures,
    overruns: counters.overruns,
    malformedMessages: counters.malformed,
    foreignNotices: counters.foreign,
    unknownAddresses: resolver.unknownAddresses,
  };
}

export function recordCounts({ arp, fdb }: RecordStore): { readonly arp: number; readonly fdb: number } {
  return { arp: arp.values.size, fdb: fdb.values.size };
}
