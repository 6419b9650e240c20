import type { Expected, OperatorHost } from "@overlaynet/core/operator/index";
import type { GraphDocument } from "../document/graph.js";
import type { StatusDocument, StatusHost } from "../document/status.js";
import type { Gathered } from "../gather.js";
import { statusDocument } from "../status/document.js";
import type { HostLook } from "../status/look.js";
import { here, onHost } from "./commands.js";
import { addLostContainer } from "./container.js";
import { type Draft, element, idOf } from "./draft.js";
import { addOverlay } from "./overlay.js";
import { Seen } from "./seen.js";
import { addTunnels, type TunnelEnd } from "./tunnel.js";

/** What hosts said, and what the stack expects, as a graph. @param at when they were looked at, ISO 8601 */
export function graphDocument(
  title: string,
  at: string,
  looks: readonly Gathered<HostLook>[],
  expected: Expected | undefined,
): GraphDocument {
  const status = statusDocument(title, looks, expected);
  const draft: Draft = { groups: [], nodes: [], edges: [] };
  const ends = looks.flatMap((look) => {
    addHost(draft, look);
    if (look.problem !== undefined) return [];
    return endsOn(draft, look.host, look.value);
  });
  const drawn = new Set(draft.groups.map(({ id }) => id));
  for (const container of status.containers) {
    if (!drawn.has(idOf.namespace(container.host, container.name))) addLostContainer(draft, container);
  }
  for (const overlay of overlaysOf(ends, expected)) {
    const those = ends.filter(({ spec }) => spec.overlay === overlay);
    addTunnels(draft, overlay, those, silentHosts(status, those, overlay, expected));
  }
  return { schema: "overlaynet/graph/1", title, at, ...draft, problems: status.problems };
}

function addHost(draft: Draft, { host, problem, value }: Gathered<HostLook> & { readonly value?: HostLook }): void {
  const { name, address } = host;
  const greeting = value?.greeting;
  draft.groups.push({
    id: idOf.host(name),
    kind: "host",
    name,
    ...element({
      host: name,
      ...(problem === undefined ? {} : { state: "unknown", wrong: [problem.message] }),
      facts: {
        address,
        agent: greeting?.agent.version,
        kernel: greeting?.host.kernel,
        "being changed by": value?.inspection.working?.holder,
      },
      commands: [here("overlaynet", "status", "--host", name), onHost("journalctl", "-e", "-u", "overlaynet-*")],
    }),
  });
}

function endsOn(draft: Draft, host: OperatorHost, { inspection, records }: HostLook): TunnelEnd[] {
  return inspection.overlays.flatMap((one): TunnelEnd[] => {
    const { spec, overlay } = one;
    if (spec === undefined) return [];
    const seen = new Seen(one);
    const device = addOverlay(draft, host, spec, seen);
    return [{ host, spec, device, records: records.get(overlay) ?? [], entries: seen.entries }];
  });
}

function overlaysOf(ends: readonly TunnelEnd[], expected: Expected | undefined): string[] {
  return [...new Set([...ends.map(({ spec }) => spec.overlay as string), ...(expected?.overlays.keys() ?? [])])].sort();
}

/** Hosts that should have the overlay and were not seen to have it, by what the stack or the other hosts say. */
function silentHosts(
  { hosts }: StatusDocument,
  ends: readonly TunnelEnd[],
  overlay: string,
  expected: Expected | undefined,
): StatusHost[] {
  const said = new Set(ends.map(({ host }) => host.name));
  const wanted = expected?.overlays.get(overlay) ?? ends.flatMap(({ spec }) => Object.keys(spec.hosts));
  return hosts.filter(({ name }) => wanted.includes(name) && !said.has(name));
}
