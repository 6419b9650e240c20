import { type OverlaySpec, parseCidr, parseIp, portName } from "@overlaynet/core";
import type { ContainerInspection } from "@overlaynet/core/operator/index";
import type { StatusContainer } from "../document/status.js";
import { here, lookAtDevice, onHost } from "./commands.js";
import { addDevice, addPort } from "./device.js";
import { type Draft, element, idOf } from "./draft.js";
import type { Seen } from "./seen.js";

/** Draws a container: its namespace with its device, its port on the bridge, and what joins them. */
export function addContainer(
  draft: Draft,
  host: string,
  spec: OverlaySpec,
  seen: Seen,
  container: ContainerInspection,
): void {
  const { overlay, namespace, bridge } = spec;
  const { name, ip, mac, owner } = container;
  const common = { host, overlay };
  const [port, device] = devicesOf(spec, seen, container);
  draft.groups.push({
    id: idOf.namespace(host, name),
    kind: "container",
    name,
    group: idOf.host(host),
    ...element({
      ...common,
      wrong: seen.unplaced(container.drift, [
        [namespace, port],
        [name, device],
      ]),
      ...(seen.isThere(name) ? {} : { state: "missing" }),
      facts: { address: ip, MAC: mac, resource: `${owner.project}/${owner.stack}: ${owner.resource}` },
      commands: lookInside(name, overlay),
    }),
  });
  const peers = { address: ip };
  const inner = addDevice(draft, seen, { ...common, kind: "interface", namespace: name, name: device, facts: peers });
  const outer = addDevice(draft, seen, { ...common, kind: "port", namespace, name: port, facts: { container: name } });
  addPort(draft, seen, { ...common, namespace, name: port }, bridge);
  const joined = areJoined(seen, [namespace, port], [name, device]);
  draft.edges.push({
    id: idOf.edge(inner, outer),
    kind: "veth",
    name: `${device} of ${name} – ${port}`,
    from: inner,
    to: outer,
    ...element({
      ...common,
      ...(joined ? {} : { state: "missing", wrong: [`${device} of ${name} does not lead to ${port}`] }),
      commands: [lookAtDevice(namespace, port), lookAtDevice(name, device)],
    }),
  });
}

/** A container of which only its name is known: the stack has it, and its host lacks it or could not be asked. */
export function addLostContainer(draft: Draft, { overlay, name, host, ip, state }: StatusContainer): void {
  const wrong = state === "missing" ? [`container ${name} is in the stack's state and not on the host`] : [];
  const said = { host, overlay, wrong, state: state === "missing" ? ("missing" as const) : ("unknown" as const) };
  const group = idOf.namespace(host, name);
  const commands = lookInside(name, overlay);
  draft.groups.push({
    id: group,
    kind: "container",
    name,
    group: idOf.host(host),
    ...element({ ...said, facts: { address: ip }, commands }),
  });
  draft.nodes.push({
    id: idOf.device(host, name, "eth0"),
    kind: "interface",
    name: "eth0",
    group,
    ...element({ ...said, wrong: [], facts: { address: ip }, commands }),
  });
}

/** The ports of containers that are drawn. */
export function drawnDevices(spec: OverlaySpec, seen: Seen): string[] {
  return seen.inspection.containers.map((container) => devicesOf(spec, seen, container)[0]);
}

/** A container's port on the bridge and its own device, by name. */
function devicesOf(
  { cidr, namespace }: OverlaySpec,
  seen: Seen,
  { name, ip, interface: given }: ContainerInspection,
): readonly [port: string, device: string] {
  const port = portName(parseCidr(cidr), parseIp(ip));
  const peer = seen.link(namespace, port)?.peer;
  const inside = seen.linksIn(name).find(({ kind, index }) => kind === "veth" && index === peer);
  return [port, given ?? inside?.name ?? "eth0"];
}

/** Whether two devices are the ends of one veth: each names the other's index. */
function areJoined(seen: Seen, ...ends: readonly [readonly [string, string], readonly [string, string]]): boolean {
  if (!seen.tellsLinks) return true;
  const [one, other] = ends.map(([namespace, name]) => seen.link(namespace, name));
  return one !== undefined && other !== undefined && one.peer === other.index && other.peer === one.index;
}

function lookInside(name: string, overlay: string) {
  return [
    here("overlaynet", "exec", name, "--", "ip", "address"),
    here("overlaynet", "shell", name),
    here("overlaynet", "records", "list", "--overlay", overlay),
    onHost("ip", "netns", "exec", name, "tcpdump", "-ni", "any"),
  ];
}
