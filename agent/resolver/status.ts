import type { ResolverConfig } from "@overlaynet/core/records";
import type { SyncReport } from "../entries/index.js";

/** What a resolver says of itself: GET /status. */
export interface ResolverStatus {
  readonly pid: number;
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
  readonly unknownAddresses: number;
}

/** The answer to POST /sync: the kernel holds what these records say. */
export type SyncAnswer = SyncReport & { readonly records: { readonly arp: number; readonly fdb: number } };
