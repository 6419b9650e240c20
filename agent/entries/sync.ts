import type { Ip, Mac } from "@overlaynet/core/model/index";
import type { Records, ResolverConfig } from "@overlaynet/core/records";
import { countIgnored, describeDrift, reconcile } from "@overlaynet/core/resolver/index";
import { inNamespace, type RouteConnection, RouteSocket } from "../netlink/index.js";
import { EntriesError, entriesError, requireVxlan } from "./device.js";
import { readEntries } from "./read.js";
import { writeActions } from "./write.js";

/** What bringing the kernel in step with the records took. */
export interface SyncReport {
  /** How many entries of each kind the device holds that records ask for. */
  readonly neighbours: number;
  readonly forwarding: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly failed: number;
  /** The first few failures, each a sentence. */
  readonly failures: readonly string[];
  /** `arp` records whose address is outside of the overlay's network, or the gateway's. */
  readonly ignored: number;
}

/** An overlay on this host and where to find it. */
export interface EntriesTarget {
  /** The overlay's namespace, /run/netns/…; the caller's own when absent. */
  readonly namespacePath?: string;
  readonly config: ResolverConfig;
  readonly records: Records;
}

/** Makes the kernel hold what the records say. Synchronous. @throws EntriesError when there is no such namespace or device, or the kernel cannot be asked */
export function syncEntries(target: EntriesTarget): SyncReport {
  return withConnection(target, (connection) => {
    const { index } = requireVxlan(connection, target.config.device);
    return mendEntries(connection, index, target.config, target.records).report;
  });
}

/** How the kernel differs from the records, in words; with `resolve: "miss"` what is absent is none. Synchronous. @throws EntriesError */
export function entriesDrift(target: EntriesTarget): string[] {
  return withConnection(target, (connection) => {
    const { index } = requireVxlan(connection, target.config.device);
    return describeDrift(target.records, target.config, readEntries(connection, index));
  });
}

/** Compares and mends by a connection that exists. @throws NetlinkError */
export function mendEntries(
  connection: RouteConnection,
  deviceIndex: number,
  config: ResolverConfig,
  records: Records,
  before?: Records,
): { readonly report: SyncReport; readonly moved: ReadonlyMap<Ip, Mac> } {
  const plan = reconcile(records, config, readEntries(connection, deviceIndex), before);
  const { failed, failures } = writeActions(connection, deviceIndex, plan.actions);
  const { neighbours, forwarding, added, changed, removed, moved } = plan;
  const ignored = countIgnored(records, config);
  return { report: { neighbours, forwarding, added, changed, removed, failed, failures, ignored }, moved };
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
