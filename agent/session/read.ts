import { type Desired, rootNamespace, targetOf } from "@overlaynet/core";
import type { ReadRequest, ReadResult } from "@overlaynet/core/protocol";
import { driftOfResource, observeOverlay, type OverlayDrift } from "../reconcile/drift.js";
import type { Host } from "../reconcile/host.js";
import { targetKey, targetsOf, unreadableSentence } from "../store/desired.js";
import { isHere } from "./describe.js";
import type { Outcome } from "./queue.js";

/** Compares what was asked with what is, for several resources: each overlay is looked at once. Changes nothing. */
export async function readResources(host: Host, requests: readonly ReadRequest[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const seen = new Map<string, OverlayDrift>();
  for (const request of requests) {
    const { overlay } = request.target;
    const { desired, damaged } = host.store.read(overlay);
    const unreadable = damaged.find(({ file }) => file === host.store.file(request.target));
    if (unreadable !== undefined) {
      const found = unreadable.uid === undefined || unreadable.uid === request.owner.uid;
      const drift = found ? [unreadableSentence(unreadable)] : [];
      outcomes.push({ ok: true, result: { found, drift } satisfies ReadResult });
      continue;
    }
    const found = desired.find(({ spec }) => targetKey(targetOf(spec)) === targetKey(request.target));
    if (found?.owner.uid !== request.owner.uid) {
      outcomes.push({ ok: true, result: { found: false, drift: [] } satisfies ReadResult });
      continue;
    }
    const own = desired.find(({ spec }) => spec.kind === "overlay")?.spec;
    const ownUnreadable = damaged.find(({ target }) => target?.kind === "overlay");
    let drift = [
      ownUnreadable === undefined
        ? `overlay "${overlay}" is not on this host`
        : `overlay "${overlay}": ${unreadableSentence(ownUnreadable)}`,
    ];
    if (own?.kind === "overlay") {
      const overlaySeen =
        seen.get(overlay) ?? (await observeOverlay(host, own, desired, targetsOf(damaged), scopeOf(desired, requests)));
      seen.set(overlay, overlaySeen);
      drift = await driftOfResource(host, overlaySeen, found);
    }
    outcomes.push({ ok: true, result: { found: true, spec: found.spec, drift } satisfies ReadResult });
  }
  return outcomes;
}

/** The overlay's namespace, those of the containers that were asked about, and the root one when the overlay itself was: its filter is there. */
function scopeOf(desired: readonly Desired[], requests: readonly ReadRequest[]): string[] {
  const asked = new Set(requests.map(({ target }) => targetKey(target)));
  const overlays = new Map(
    desired.flatMap((one) => (one.spec.kind === "overlay" ? [[one.spec.overlay as string, one] as const] : [])),
  );
  return desired.flatMap((one): string[] => {
    const { spec } = one;
    const isAsked = asked.has(targetKey(targetOf(spec)));
    if (spec.kind === "overlay") return isAsked ? [rootNamespace, spec.namespace] : [spec.namespace];
    return isAsked && isHere(one, overlays) ? [spec.name] : [];
  });
}
