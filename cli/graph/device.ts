import type { LinkInspection } from "@overlaynet/core/operator/index";
import type { GraphNode } from "../document/graph.js";
import { lookAtDevice } from "./commands.js";
import { type Draft, element, idOf, type Said } from "./draft.js";
import type { Seen } from "./seen.js";

/** A device that somebody asked for, or that is there. */
export interface DeviceToDraw extends Said {
  readonly kind: GraphNode["kind"];
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
}

/** Draws a device in its namespace with what the kernel counts; answers its id. */
export function addDevice(draft: Draft, seen: Seen, { kind, namespace, name, ...said }: DeviceToDraw): string {
  const id = idOf.device(said.host, namespace, name);
  const link = seen.link(namespace, name);
  const wrong = [...(said.wrong ?? []), ...seen.differencesOf(namespace, name)];
  const isMissing = link === undefined && seen.tellsLinks;
  draft.nodes.push({
    id,
    kind,
    name,
    group: idOf.namespace(said.host, namespace),
    ...element({
      ...said,
      wrong,
      ...(isMissing ? { state: "missing" } : {}),
      facts: { namespace, ...said.facts, ...(link === undefined ? {} : factsOf(link)) },
      commands: [lookAtDevice(namespace, name), ...(said.commands ?? [])],
    }),
    ...(link === undefined ? {} : { traffic: { received: link.received, sent: link.sent } }),
  });
  return id;
}

/** Draws that a device is a port of a bridge, as it should be or as it is. */
export function addPort(
  draft: Draft,
  seen: Seen,
  port: { readonly host: string; readonly overlay: string; readonly namespace: string; readonly name: string },
  bridge: string,
): void {
  const { namespace, name, ...said } = port;
  const [from, to] = [idOf.device(port.host, namespace, name), idOf.device(port.host, namespace, bridge)];
  const link = seen.link(namespace, name);
  const isPort = link === undefined ? !seen.tellsLinks : link.master === bridge;
  const at = isPort ? undefined : `${name} is no port of ${bridge}`;
  draft.edges.push({
    id: idOf.edge(from, to),
    kind: "bridge",
    name: `${name} – ${bridge}`,
    from,
    to,
    ...element({
      ...said,
      ...(at === undefined ? {} : { state: "missing", wrong: [at] }),
      commands: [lookAtDevice(namespace, name)],
    }),
  });
}

/** A device's facts as the kernel told them. */
function factsOf({ kind, mac, mtu, up, master, received, sent }: LinkInspection): Said["facts"] {
  const lost = received.errors + received.dropped + sent.errors + sent.dropped;
  return {
    kind: kind === "" ? undefined : kind,
    state: up ? "up" : "down",
    MAC: mac,
    MTU: mtu,
    "port of": master,
    received: `${received.packets} packets, ${received.bytes} bytes`,
    sent: `${sent.packets} packets, ${sent.bytes} bytes`,
    "errors and drops": lost,
  };
}
