import type { Desired, OverlaySpec } from "@overlaynet/core";
import type { Belongs, Inspection, OverlayInspection } from "@overlaynet/core/operator/index";
import { join } from "node:path";
import { findDevice } from "../entries/index.js";
import { currentHolder } from "../lock/host-lock.js";
import { inNamespace, RouteSocket } from "../netlink/index.js";
import { dropped, outwardOnly } from "../reconcile/filters.js";
import { driftOfResource, observeOverlay } from "../reconcile/drift.js";
import type { Host } from "../reconcile/host.js";
import { RecordStore } from "../records/index.js";
import { isHere } from "../session/describe.js";
import { targetsOf, unreadableSentence } from "../store/desired.js";
import { readRepairs } from "../store/repairs.js";
import { ensureTimer, resolverService } from "../units/templates.js";
import { inspectResolver } from "./resolver.js";

/** Looks at one overlay of this host, or all of them, and compares with what was asked. */
export async function inspect(host: Host, only: string | undefined): Promise<Inspection> {
  const names = host.store.overlays().filter((name) => only === undefined || name === only);
  const overlays = await Promise.all(names.map((name) => inspectOverlay(host, name)));
  const working = await currentHolder(host.paths);
  return { overlays, ...(working === undefined ? {} : { working }) };
}

async function inspectOverlay(host: Host, overlay: string): Promise<OverlayInspection> {
  const { desired, damaged } = host.store.read(overlay);
  const own = desired.find(({ spec }) => spec.kind === "overlay");
  const spec = own?.spec.kind === "overlay" ? own.spec : undefined;
  const failures: string[] = [];
  const seen = async <T>(what: string, look: () => Promise<T> | T, otherwise: T): Promise<T> => {
    try {
      return await look();
    } catch (error) {
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return otherwise;
    }
  };
  const [resolver, units, drift] = await Promise.all([
    seen("resolver", () => inspectResolver(host, overlay), { running: false, reason: "not known", lastLine: "" }),
    seen("units", () => host.units.states(resolverService(overlay), ensureTimer(overlay)), []),
    seen("drift", () => driftOf(host, spec, desired, targetsOf(damaged)), new Map<Desired, string[]>()),
  ]);
  const device = spec && (await seen("device", () => deviceOf(host, spec), undefined));
  const here = desired.filter((one) => own !== undefined && isHere(one, new Map([[overlay, own]])));
  return {
    overlay,
    ...(spec === undefined ? {} : { spec }),
    ...(own === undefined ? {} : { owner: belongsTo(own) }),
    ...(device === undefined ? {} : { device }),
    containers: here.flatMap((one) => {
      const { spec: container } = one;
      if (container.kind !== "container") return [];
      const { name, ip, mac } = container;
      return [{ name, ip, mac, owner: belongsTo(one), drift: drift.get(one) ?? [] }];
    }),
    records: spec === undefined ? { arp: 0, fdb: 0 } : countRecords(spec),
    resolver,
    dropped: packetsOf(await dropped(host, overlay, desired)),
    outwardOnly: spec === undefined ? [] : outwardOnly(spec, desired),
    repairs: readRepairs(host.paths, overlay),
    units,
    drift: desired.flatMap((one) => (here.includes(one) ? [] : (drift.get(one) ?? []))),
    damaged: damaged.map(unreadableSentence),
    failures,
  };
}

async function driftOf(
  host: Host,
  spec: OverlaySpec | undefined,
  desired: readonly Desired[],
  unreadable: ReturnType<typeof targetsOf>,
): Promise<Map<Desired, string[]>> {
  const drift = new Map<Desired, string[]>();
  if (spec === undefined) return drift;
  const own = desired.find((one) => one.spec.kind === "overlay");
  const here = desired.filter((one) => own !== undefined && isHere(one, new Map([[spec.overlay as string, own]])));
  const scope = [spec.namespace, ...here.flatMap((one) => (one.spec.kind === "container" ? [one.spec.name] : []))];
  const seen = await observeOverlay(host, spec, desired, unreadable, scope);
  for (const one of desired) drift.set(one, await driftOfResource(host, seen, one));
  return drift;
}

/** The overlay's VXLAN device; undefined when there is none, or its namespace is gone. */
function deviceOf(host: Host, spec: OverlaySpec): OverlayInspection["device"] {
  const device = inNamespace(join(host.paths.netns, spec.namespace), () => {
    const connection = new RouteSocket();
    try {
      return findDevice(connection, spec.device);
    } finally {
      connection.close();
    }
  });
  return device && { name: device.name, up: device.up };
}

function packetsOf(counts: Awaited<ReturnType<typeof dropped>>): OverlayInspection["dropped"] {
  if (typeof counts === "string") return counts;
  return Object.fromEntries(Object.entries(counts).map(([counter, { packets }]) => [counter, packets]));
}

function countRecords({ storage }: OverlaySpec): { arp: number; fdb: number } {
  const store = new RecordStore(storage);
  store.rescan();
  return { arp: store.arp.values.size, fdb: store.fdb.values.size };
}

function belongsTo({ owner }: Desired): Belongs {
  return { project: owner.project, stack: owner.stack, resource: owner.resource };
}
