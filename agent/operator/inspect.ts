import { type Desired, differencesOf, type OverlaySpec } from "@overlaynet/core";
import type { Belongs, Inspection, OverlayInspection, PlacedDifference } from "@overlaynet/core/operator/index";
import { join } from "node:path";
import { findDevice } from "../entries/index.js";
import { currentHolder } from "../lock/host-lock.js";
import { inNamespace, RouteSocket } from "../netlink/index.js";
import { dropped, outwardOnly } from "../reconcile/filters.js";
import { driftOfResource, observeOverlay, type OverlayDrift } from "../reconcile/drift.js";
import type { Host } from "../reconcile/host.js";
import { RecordStore } from "../records/index.js";
import { isHere } from "../session/describe.js";
import { targetsOf, unreadableSentence } from "../store/desired.js";
import { readRepairs } from "../store/repairs.js";
import { ensureTimer, resolverService } from "../units/templates.js";
import { linksIn } from "./links.js";
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
  const [resolver, units, { drift, differences }] = await Promise.all([
    seen("resolver", () => inspectResolver(host, overlay), { running: false, reason: "not known", lastLine: "" }),
    seen("units", () => host.units.states(resolverService(overlay), ensureTimer(overlay)), []),
    seen("drift", () => driftOf(host, spec, desired, targetsOf(damaged)), nothingSeen),
  ]);
  const device = spec && (await seen("device", () => deviceOf(host, spec), undefined));
  const here = desired.filter((one) => own !== undefined && isHere(one, new Map([[overlay, own]])));
  const containers = here.flatMap((one) => (one.spec.kind === "container" ? [one.spec.name] : []));
  const links = spec && (await seen("links", () => linksIn(host.paths, [spec.namespace, ...containers]), undefined));
  return {
    overlay,
    ...(spec === undefined ? {} : { spec }),
    ...(own === undefined ? {} : { owner: belongsTo(own) }),
    ...(device === undefined ? {} : { device }),
    containers: here.flatMap((one) => {
      const { spec: container } = one;
      if (container.kind !== "container") return [];
      const { name, ip, mac, interface: device } = container;
      return [{ name, ip, mac, interface: device, owner: belongsTo(one), drift: drift.get(one) ?? [] }];
    }),
    records: spec === undefined ? { arp: 0, fdb: 0 } : countRecords(spec),
    resolver,
    dropped: packetsOf(await dropped(host, overlay, desired)),
    outwardOnly: spec === undefined ? [] : outwardOnly(spec, desired),
    repairs: readRepairs(host.paths, overlay),
    units,
    drift: desired.flatMap((one) => (here.includes(one) ? [] : (drift.get(one) ?? []))),
    ...(links === undefined ? {} : { links }),
    differences,
    damaged: damaged.map(unreadableSentence),
    failures,
  };
}

/** How a host differs from what was asked: by resource in words, and by place. */
interface Differences {
  readonly drift: ReadonlyMap<Desired, string[]>;
  readonly differences: PlacedDifference[];
}

const nothingSeen: Differences = { drift: new Map(), differences: [] };

async function driftOf(
  host: Host,
  spec: OverlaySpec | undefined,
  desired: readonly Desired[],
  unreadable: ReturnType<typeof targetsOf>,
): Promise<Differences> {
  if (spec === undefined) return nothingSeen;
  const drift = new Map<Desired, string[]>();
  const own = desired.find((one) => one.spec.kind === "overlay");
  const here = desired.filter((one) => own !== undefined && isHere(one, new Map([[spec.overlay as string, own]])));
  const scope = [spec.namespace, ...here.flatMap((one) => (one.spec.kind === "container" ? [one.spec.name] : []))];
  const seen = await observeOverlay(host, spec, desired, unreadable, scope);
  for (const one of desired) drift.set(one, await driftOfResource(host, seen, one));
  return { drift, differences: placed(seen) };
}

function placed({ spec: { namespace, device }, plan, entries }: OverlayDrift): PlacedDifference[] {
  return [...differencesOf(plan), ...entries.map((entry) => ({ ...entry, namespace, device }))];
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
