import type { ResolverConfig } from "@overlaynet/core/records";
import {
  type AddressTable,
  affectedAddresses,
  type ChangedRecords,
  Comparison,
  countIgnored,
  describeDrift,
  type KernelEntries,
  type PackedRecords,
  type Rules,
  rulesOf,
} from "@overlaynet/core/resolver/index";
import { inNamespace, type RouteConnection, RouteSocket } from "../netlink/index.js";
import { EntriesError, entriesError, requireVxlan } from "./device.js";
import { compareKeys, compareTables, readEntries } from "./read.js";
import { EntryWriter, failuresTold } from "./write.js";

/** What bringing the kernel in step with the records took. */
export interface SyncReport {
  /** How many entries of each kind the device holds that records ask for; between two comparisons of everything what misses brought is not counted. */
  readonly neighbours: number;
  readonly forwarding: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly failed: number;
  /** The first few failures, each a sentence. */
  readonly failures: readonly string[];
  /** `arp` records whose address is outside of the overlay's network, or the gateway's, when everything was last compared. */
  readonly ignored: number;
}

/** Before anything was compared. */
export const nothingMended: SyncReport = {
  neighbours: 0,
  forwarding: 0,
  added: 0,
  changed: 0,
  removed: 0,
  failed: 0,
  failures: [],
  ignored: 0,
};

/** An overlay on this host and where to find it. */
export interface EntriesTarget {
  /** The overlay's namespace, /run/netns/…; the caller's own when absent. */
  readonly namespacePath?: string;
  readonly config: ResolverConfig;
  readonly records: PackedRecords;
  /** Told what the device holds when given, before anything is compared: some records may be known from it alone. */
  readonly adopt?: (held: KernelEntries) => void;
}

/** Makes the kernel hold what the records say. Synchronous. @throws EntriesError when there is no such namespace or device, or the kernel cannot be asked */
export function syncEntries(target: EntriesTarget): SyncReport {
  return withConnection(target, (connection) => {
    const { index: deviceIndex } = requireVxlan(connection, target.config.device);
    const rules = rulesOf(target.config);
    target.adopt?.(readEntries(connection, deviceIndex));
    return mendEntries({ connection, deviceIndex, records: target.records, rules }).report;
  });
}

/** How the kernel differs from the records, in words; with `resolve: "miss"` what is absent is none. Synchronous. @throws EntriesError */
export function entriesDrift(target: EntriesTarget): string[] {
  return withConnection(target, (connection) => {
    const { index } = requireVxlan(connection, target.config.device);
    const held = readEntries(connection, index);
    target.adopt?.(held);
    return describeDrift(target.records, target.config, held);
  });
}

/** A device whose tables are kept in step by a connection that exists. */
export interface MendTarget {
  readonly connection: RouteConnection;
  readonly deviceIndex: number;
  readonly records: PackedRecords;
  readonly rules: Rules;
  /** The forwarding records as they were last applied, where that is known: with `learning` our entries are known again only by them. */
  readonly before?: AddressTable | undefined;
  /** Called now and then: a time for other work, by another connection, that leaves the records as they are. */
  readonly pause?: (() => void) | undefined;
}

/** What mending did, and the neighbours whose MAC changed: containers here that know the old one are to be told. */
export interface Mended {
  readonly report: SyncReport;
  readonly moved: AddressTable;
}

/** Compares both tables with the records and mends. @throws NetlinkError */
export function mendEntries(target: MendTarget): Mended {
  const comparison = new Comparison(target.records, target.rules, target.before);
  compareTables(target.connection, target.deviceIndex, comparison, target.pause);
  return mend(target, comparison, {
    neighbours: comparison.neighbours.held,
    forwarding: comparison.forwarding.held,
    ignored: countIgnored(target.records, target.rules),
  });
}

/**
 * Compares and mends what changed records alone can have changed: the same decisions for those keys, so that any history of it leaves
 * what comparing everything would (test/property/agent/incremental.test.ts).
 *
 * @param last the report so far, whose counts are carried on
 * @throws NetlinkError
 */
export function mendChanged(target: MendTarget, changed: ChangedRecords, last: SyncReport): Mended {
  const comparison = new Comparison(target.records, target.rules, target.before);
  const ips = affectedAddresses(target.records, changed);
  compareKeys(target.connection, target.deviceIndex, comparison, ips, changed.fdb);
  const { neighbours, forwarding } = comparison;
  return mend(target, comparison, {
    neighbours: last.neighbours + neighbours.held - neighbours.found,
    forwarding: last.forwarding + forwarding.held - forwarding.found,
    ignored: last.ignored,
  });
}

function mend(
  target: MendTarget,
  comparison: Comparison,
  held: Pick<SyncReport, "neighbours" | "forwarding" | "ignored">,
): Mended {
  const writer = new EntryWriter(target.connection, target.deviceIndex);
  let failed = 0;
  const failures: string[] = [];
  for (const actions of comparison.actions) {
    const written = writer.write(actions, !target.rules.learning, target.pause);
    failed += written.failed;
    failures.push(...written.failures.slice(0, failuresTold - failures.length));
  }
  const { added, changed, removed } = comparison;
  return {
    report: { ...held, added, changed, removed, failed, failures },
    moved: comparison.neighbours.moved,
  };
}

function withConnection<T>(target: EntriesTarget, body: (connection: RouteConnection) => T): T {
  try {
    const connection = open(target.namespacePath);
    try {
      return body(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    throw entriesError(`the entries of ${target.config.device} cannot be read or written`, error);
  }
}

function open(path: string | undefined): RouteConnection {
  if (path === undefined) return new RouteSocket();
  try {
    return inNamespace(path, () => new RouteSocket());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EntriesError(`the overlay's namespace ${path} cannot be entered: ${why}`, { cause: error });
  }
}
