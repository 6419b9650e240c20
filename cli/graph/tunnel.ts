import type { OverlaySpec } from "@overlaynet/core";
import type { OperatorHost, RecordEntry } from "@overlaynet/core/operator/index";
import type { StatusHost } from "../document/status.js";
import { count } from "../output/table.js";
import { here, onHost } from "./commands.js";
import { type Draft, element, idOf } from "./draft.js";

/** The end of an overlay's tunnels on one host. */
export interface TunnelEnd {
  readonly host: OperatorHost;
  readonly spec: OverlaySpec;
  /** Id of its VXLAN device. */
  readonly device: string;
  readonly records: readonly RecordEntry[];
  /** Entries that differ from the records, in words. */
  readonly entries: readonly string[];
}

/** Draws where the tunnels of an overlay meet, each host's way there, and the ends outside that records lead to. */
export function addTunnels(
  draft: Draft,
  overlay: string,
  ends: readonly TunnelEnd[],
  silent: readonly StatusHost[],
): void {
  const hub = idOf.overlay(overlay);
  const spec = ends[0]?.spec;
  draft.nodes.push({
    id: hub,
    kind: "overlay",
    name: overlay,
    ...element({
      overlay,
      facts: {
        VNI: spec?.vni,
        "UDP port": spec?.port,
        network: spec?.cidr,
        gateway: spec?.gateway,
        MTU: spec?.mtu,
        resolve: spec?.resolve,
        learning: spec === undefined ? undefined : spec.learning ? "on" : "off",
        hosts: ends.length + silent.length,
      },
      commands: [here("overlaynet", "records", "list", "--overlay", overlay), here("overlaynet", "status")],
    }),
  });
  for (const end of ends) addEnd(draft, hub, end);
  for (const host of silent) addSilentEnd(draft, hub, overlay, host);
  addOutside(draft, hub, overlay, ends);
}

function addEnd(draft: Draft, hub: string, { host, spec, device, records, entries }: TunnelEnd): void {
  const own = spec.hosts[spec.host];
  const names = new Map<string, string>(Object.entries(spec.hosts).map(([name, address]) => [address, name]));
  const byVtep = grouped(records, own);
  draft.edges.push({
    id: idOf.edge(device, hub),
    kind: "tunnel",
    name: `${host.name} – ${spec.overlay}`,
    from: device,
    to: hub,
    ...element({
      host: host.name,
      overlay: spec.overlay,
      wrong: entries,
      facts: Object.fromEntries(
        [...byVtep].map(([vtep, those]) => [`to ${names.get(vtep) ?? "outside"} (${vtep})`, inWords(those)]),
      ),
      commands: [
        onHost("tcpdump", "-ni", "any", "udp", "port", String(spec.port)),
        onHost("bridge", "-n", spec.namespace, "fdb", "show", "dev", spec.device),
        ...[...byVtep.keys()].slice(0, 3).map((vtep) => onHost("ping", "-M", "do", "-s", "1472", "-c", "3", vtep)),
      ],
    }),
  });
}

/** Of a host that should have the overlay: it could not be asked, or it has nothing of it. */
function addSilentEnd(draft: Draft, hub: string, overlay: string, { name: host, reachable }: StatusHost): void {
  const state = reachable ? ("missing" as const) : ("unknown" as const);
  const from = idOf.host(host);
  const id = idOf.device(host, "", overlay);
  draft.nodes.push({
    id,
    kind: "vxlan",
    name: reachable ? "missing" : "not known",
    group: from,
    ...element({ host, overlay, state, commands: [here("overlaynet", "status", "--host", host)] }),
  });
  draft.edges.push({
    id: idOf.edge(id, hub),
    kind: "tunnel",
    name: `${host} – ${overlay}`,
    from: id,
    to: hub,
    ...element({ host, overlay, state }),
  });
}

/** Ends that records lead to and that are no host's of the overlay. */
function addOutside(draft: Draft, hub: string, overlay: string, ends: readonly TunnelEnd[]): void {
  const hosts = new Set<string>(ends.flatMap(({ spec }) => Object.values(spec.hosts)));
  const outside = grouped(
    ends.flatMap(({ records }) => records).filter(({ vtep }) => vtep !== undefined && !hosts.has(vtep)),
    undefined,
  );
  for (const [vtep, records] of outside) {
    const id = idOf.vtep(overlay, vtep);
    const common = { overlay, facts: { records: inWords(records) }, commands: [here("overlaynet", "records", "list")] };
    draft.nodes.push({ id, kind: "vtep", name: vtep, ...element(common) });
    draft.edges.push({
      id: idOf.edge(hub, id),
      kind: "tunnel",
      name: `${overlay} – ${vtep}`,
      from: id,
      to: hub,
      ...element(common),
    });
  }
}

/** Records by the address they lead to, each once. */
function grouped(records: readonly RecordEntry[], own: string | undefined): Map<string, RecordEntry[]> {
  const groups = new Map<string, RecordEntry[]>();
  for (const record of records) {
    if (record.vtep === undefined || record.vtep === own) continue;
    const group = groups.get(record.vtep) ?? [];
    if (!group.some(({ ip, mac }) => ip === record.ip && mac === record.mac)) group.push(record);
    groups.set(record.vtep, group);
  }
  return groups;
}

/** `2 records: red 7.7.7.2, 7.7.7.9`. */
function inWords(records: readonly RecordEntry[]): string {
  const told = records.slice(0, 5).map(({ name, ip, mac }) => [name, ip ?? mac].filter(Boolean).join(" "));
  const rest = records.length - told.length;
  return `${count(records.length, "record")}: ${told.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
