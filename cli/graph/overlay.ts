import type { OverlaySpec } from "@overlaynet/core";
import type { OperatorHost } from "@overlaynet/core/operator/index";
import { onHost } from "./commands.js";
import { addContainer, drawnDevices } from "./container.js";
import { addDevice, addPort } from "./device.js";
import { type Draft, element, idOf } from "./draft.js";
import { addResolver } from "./resolver.js";
import type { Seen } from "./seen.js";

/** Draws an overlay's part on a host: its namespace with bridge, VXLAN device, resolver and ports, and its containers. Answers the id of the VXLAN device. */
export function addOverlay(draft: Draft, { name: host }: OperatorHost, spec: OverlaySpec, seen: Seen): string {
  const { overlay, namespace, bridge, device } = spec;
  const common = { host, overlay };
  addNamespace(draft, host, spec, seen);
  addDevice(draft, seen, {
    ...common,
    kind: "bridge",
    namespace,
    name: bridge,
    facts: { gateway: spec.gateway, network: spec.cidr },
    commands: [
      onHost("bridge", "-n", namespace, "-d", "link", "show"),
      onHost("bridge", "-n", namespace, "fdb", "show", "br", bridge),
    ],
  });
  const tunnel = addDevice(draft, seen, {
    ...common,
    kind: "vxlan",
    namespace,
    name: device,
    facts: { "own address": spec.hosts[spec.host], VNI: spec.vni, "UDP port": spec.port },
    commands: [
      onHost("ip", "-n", namespace, "neigh", "show", "dev", device),
      onHost("bridge", "-n", namespace, "fdb", "show", "dev", device),
    ],
  });
  addPort(draft, seen, { ...common, namespace, name: device }, bridge);
  addResolver(draft, host, overlay, seen, { namespace, device: tunnel });
  for (const container of seen.inspection.containers) addContainer(draft, host, spec, seen, container);
  addStrangers(draft, host, spec, seen);
  return tunnel;
}

function addNamespace(draft: Draft, host: string, spec: OverlaySpec, seen: Seen): void {
  const { overlay, namespace } = spec;
  const { inspection } = seen;
  const placed = [[namespace, spec.bridge] as const, [namespace, spec.device] as const];
  // Without a resolver its unit is no surprise, and its node says so.
  const isUnit = (words: string): boolean => words.startsWith(`overlaynet-resolver@${overlay}.service`);
  const drift = inspection.drift.filter((words) => inspection.resolver.running || !isUnit(words));
  const dropped = typeof inspection.dropped === "string" ? {} : inspection.dropped;
  draft.groups.push({
    id: idOf.namespace(host, namespace),
    kind: "namespace",
    name: namespace,
    group: idOf.host(host),
    ...element({
      host,
      overlay,
      wrong: [...seen.unplaced(drift, placed), ...inspection.damaged, ...inspection.failures],
      ...(seen.isThere(namespace) ? {} : { state: "missing" }),
      facts: {
        VNI: spec.vni,
        network: spec.cidr,
        records: inspection.records.arp,
        ...Object.fromEntries(Object.entries(dropped).map(([counter, packets]) => [`dropped, ${counter}`, packets])),
        "put right by itself": inspection.repairs.count,
      },
      commands: [
        onHost("ip", "-n", namespace, "-br", "address"),
        onHost("systemctl", "status", `overlaynet-ensure@${overlay}`),
      ],
    }),
  });
}

/** Devices in the overlay's namespace that nobody asked for, with the bridge that they are ports of. */
function addStrangers(draft: Draft, host: string, spec: OverlaySpec, seen: Seen): void {
  const { overlay, namespace, bridge } = spec;
  const known = new Set(["lo", bridge, spec.device, ...drawnDevices(spec, seen)]);
  for (const { name, master } of seen.linksIn(namespace)) {
    if (known.has(name)) continue;
    addDevice(draft, seen, { host, overlay, kind: "device", namespace, name, state: "foreign" });
    if (master === bridge) addPort(draft, seen, { host, overlay, namespace, name }, bridge);
  }
}
