import type { Count, OverlaySpec } from "@overlaynet/core";
import { dropped, outwardOnly } from "../reconcile/filters.js";
import type { Host } from "../reconcile/host.js";
import type { Damaged } from "../store/desired.js";
import { readRepairs, type Repairs } from "../store/repairs.js";
import { ensureTimer, resolverService } from "../units/templates.js";
import type { UnitState } from "../units/units.js";
import { isHere } from "./describe.js";
import { othersHere } from "./judge.js";

/** What the host was asked to hold of one overlay, at a glance. */
export interface OverlayStatus {
  readonly overlay: string;
  /** Undefined when records or containers are there and the overlay is not: something was interrupted or damaged. */
  readonly spec: OverlaySpec | undefined;
  readonly owner: { readonly project: string; readonly stack: string; readonly resource: string } | undefined;
  readonly containers: readonly string[];
  /** Those of them that belong to other stacks than the overlay, in words: as long as they are there it cannot be removed. */
  readonly others: readonly string[];
  readonly records: number;
  readonly units: readonly UnitState[];
  /** What was dropped since the filters were made, by counter; or why that cannot be seen, a sentence. */
  readonly dropped: Readonly<Record<string, Count>> | string;
  /** VTEPs that records written by hand name and that may not send here: what goes to them gets no answer. */
  readonly outwardOnly: readonly string[];
  readonly repaired: Repaired;
  readonly damaged: readonly Damaged[];
}

/** What a host has put right by itself. */
export interface Repaired {
  /** Devices, addresses, namespaces, records: by the repair unit, since boot. */
  readonly structure: Repairs;
  /** Kernel entries: by the resolver, since its start; undefined while it does not run. */
  readonly entries: number | undefined;
}

export interface HostStatus {
  readonly overlays: readonly OverlayStatus[];
}

/** What this host holds, without comparing it with the kernel. */
export async function hostStatus(host: Host): Promise<HostStatus> {
  const overlays: OverlayStatus[] = [];
  for (const overlay of host.store.overlays()) {
    const { desired, damaged } = host.store.read(overlay);
    const own = desired.find(({ spec }) => spec.kind === "overlay");
    const byName = new Map(own === undefined ? [] : [[overlay, own] as const]);
    const here = desired.filter((one) => isHere(one, byName));
    overlays.push({
      overlay,
      spec: own?.spec.kind === "overlay" ? own.spec : undefined,
      owner: own && { project: own.owner.project, stack: own.owner.stack, resource: own.owner.resource },
      containers: here.map(({ spec }) => (spec.kind === "container" ? spec.name : "")),
      others: own === undefined ? [] : othersHere(own, desired),
      records: desired.length - (own === undefined ? 0 : 1),
      dropped: await dropped(host, overlay, desired),
      outwardOnly: own?.spec.kind === "overlay" ? outwardOnly(own.spec, desired) : [],
      units: await host.units.states(resolverService(overlay), ensureTimer(overlay)),
      repaired: {
        structure: readRepairs(host.paths, overlay),
        entries: await host.entries.repaired(overlay),
      },
      damaged,
    });
  }
  return { overlays };
}
