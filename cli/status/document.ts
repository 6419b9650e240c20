import type { Expected, OverlayInspection } from "@overlaynet/core/operator/index";
import type { StatusContainer, StatusDocument, StatusHost, StatusOverlay } from "../document/status.js";
import type { Gathered } from "../gather.js";
import { mergeRecords } from "../records/merge.js";
import type { HostLook } from "./look.js";
import { problemsOf } from "./problems.js";

/** What hosts said, and what the stack expects, as one document. */
export function statusDocument(
  title: string,
  looks: readonly Gathered<HostLook>[],
  expected: Expected | undefined,
): StatusDocument {
  const hosts = looks.map(hostOf);
  const containers = containersOf(looks, expected);
  const problems = problemsOf(looks, containers, expected);
  return {
    schema: "overlaynet/status/1",
    title,
    ok: problems.length === 0,
    hosts,
    containers,
    records: mergeRecords(
      looks.flatMap((look) => (look.problem === undefined ? [{ host: look.host, records: look.value.records }] : [])),
      looks.map(({ host }) => host),
    ),
    problems,
  };
}

function hostOf(look: Gathered<HostLook>): StatusHost {
  const { name, address } = look.host;
  if (look.problem !== undefined) {
    return { name, address, reachable: false, failure: look.problem.message, overlays: [] };
  }
  const { greeting, inspection } = look.value;
  return {
    name,
    address,
    reachable: true,
    agent: greeting.agent,
    kernel: greeting.host.kernel,
    ...(inspection.working === undefined ? {} : { working: inspection.working }),
    overlays: inspection.overlays.map(overlayOf),
  };
}

function overlayOf(one: OverlayInspection): StatusOverlay {
  const { overlay, spec, device, containers, records, resolver } = one;
  const { running } = resolver;
  return {
    overlay,
    ...(spec === undefined ? {} : { vni: spec.vni }),
    resolver: !running ? "down" : resolver.outdated ? "outdated" : "running",
    device: device?.name ?? spec?.device ?? "",
    deviceState: device === undefined ? "missing" : device.up ? "up" : "down",
    containers: containers.length,
    records: records.arp,
    ...(running ? { entries: resolver.entries } : {}),
    ...(typeof one.dropped === "string" ? {} : { dropped: one.dropped }),
    outwardOnly: one.outwardOnly,
    repaired: { structure: one.repairs.count, ...(running ? { entries: resolver.repaired } : {}) },
    lastRepair: one.repairs.last,
    drift: allDrift(one),
    missesPerSecond: running ? resolver.missesPerSecond : 0,
    unanswered: running ? unansweredOf(resolver.misses) : 0,
    lastError: running ? resolver.lastError : resolver.lastLine || resolver.reason,
  };
}

/** Everything that differs on a host from what was asked, of one overlay. */
export function allDrift({ drift, containers }: OverlayInspection): string[] {
  return [...drift, ...containers.flatMap((container) => container.drift)];
}

/** Misses that should have had an answer: local addresses, the gateway's and those outside get none rightly. */
export function unansweredOf(misses: Readonly<Record<string, number>>): number {
  return Object.entries(misses)
    .filter(([key]) => / (unknown|failed|limited)$/.test(key))
    .reduce((sum, [, times]) => sum + times, 0);
}

function containersOf(looks: readonly Gathered<HostLook>[], expected: Expected | undefined): StatusContainer[] {
  const found = looks.flatMap((look): StatusContainer[] =>
    look.problem !== undefined
      ? []
      : look.value.inspection.overlays.flatMap(({ overlay, containers }) =>
          containers.map(({ name, ip, mac, drift }) => {
            const state = drift.length === 0 ? ("ok" as const) : ("drift" as const);
            return { overlay, name, host: look.host.name, ip, mac, state, drift };
          }),
        ),
  );
  const looked = new Map(looks.map((look) => [look.host.name, look]));
  const lost = (expected?.containers ?? []).flatMap((one): StatusContainer[] => {
    const look = looked.get(one.host);
    const isThere = found.some(
      ({ overlay, name, host }) => overlay === one.overlay && name === one.name && host === one.host,
    );
    if (isThere || look === undefined) return [];
    return [{ ...one, state: look.problem === undefined ? "missing" : "unknown", drift: [] }];
  });
  const key = ({ overlay, host, name }: StatusContainer): string => `${overlay} ${host} ${name}`;
  return [...found, ...lost].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
