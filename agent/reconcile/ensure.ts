import { markOf } from "@overlaynet/core";
import { withHostLock } from "../lock/host-lock.js";
import { targetsOf, unreadableSentence } from "../store/desired.js";
import { countRepairs } from "../store/repairs.js";
import { leaveHost } from "./dismantle.js";
import type { Host } from "./host.js";
import { publish } from "./publish.js";
import { reconcileRecords } from "./records.js";
import { planStructure, runStructure, type Wanted } from "./structure.js";

/** What a repair did. */
export interface Ensured {
  /** What was not as asked and is now, in words. */
  readonly repaired: readonly string[];
  /** What could not be put right, a sentence each. */
  readonly failures: readonly string[];
}

/**
 * Makes an overlay's structure on this host what its desired files say: at boot, before the resolver at each of its starts, and by a timer. Units are
 * left alone, for it runs as one of them; kernel entries are the resolver's.
 *
 * @throws HostBusy
 */
export function ensure(host: Host, overlay: string): Promise<Ensured> {
  return withHostLock(host.paths, { holder: `the repair of overlay "${overlay}"` }, async () => {
    const { desired, damaged } = host.store.read(overlay);
    const unrepaired = damaged.map(unreadableSentence);
    const own = desired.find(({ spec }) => spec.kind === "overlay");
    if (own?.spec.kind !== "overlay") {
      // The overlay was removed while this waited for the lock.
      await leaveHost(host, false);
      return { repaired: [], failures: unrepaired };
    }
    const unreadable = targetsOf(damaged);
    const wanted: Wanted = {
      overlay,
      desired,
      previous: desired,
      adopt: new Set(),
      unreadable,
      scope: undefined,
    };
    const structure = await runStructure(host, wanted, await planStructure(host, wanted));
    const published = publish(host.paths, own.spec);
    const records = reconcileRecords(host.paths, own.spec, desired, [], unreadable.length > 0 ? desired : undefined);
    const repaired = [
      ...[...structure.drift.values()].flat(),
      ...(published > 0 ? ["run-time files of the resolver written"] : []),
      ...records.written.map((record) => `record ${record} written`),
    ];
    countRepairs(host.paths, overlay, repaired);
    const failures = [...structure.failures.values()];
    const overlayFailure = structure.failures.get(markOf(own.owner, own.spec));
    return {
      repaired,
      failures: [...unrepaired, ...new Set(overlayFailure === undefined ? failures : [overlayFailure, ...failures])],
    };
  });
}
