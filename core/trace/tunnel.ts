import type { PathFacts } from "../operator/path.js";
import { differencesAt, type End, type Fault, type Hop, hop, pulumiUp, when } from "./hop.js";
import { refusalFault } from "./inside.js";

type Way = Hop["way"];

/** Bytes that VXLAN over IPv4 puts before a frame's payload (RFC 7348 section 5): 20 of IPv4, 8 of UDP, 8 of its own, 14 of Ethernet. */
const overhead = 50;

/** What the files say of the address, against what was asked. */
export function recordHop({ host, facts, peer }: End, way: Way): Hop {
  const { record, asked } = facts;
  const seen = `${peer} ${record.mac ?? "has no MAC on file"} ${record.vtep ?? "and no VTEP"}`;
  const byHand = "`overlaynet records put IP MAC VTEP` writes it by hand; a Container or NeighEntry by `pulumi up`";
  const lacks = when(
    asked === undefined && (record.mac === undefined || record.vtep === undefined),
    `nobody on record has ${peer}`,
    byHand,
  );
  const differ = (file: string, is: string | undefined, want: string | undefined): Fault | undefined =>
    when(
      asked !== undefined && is !== want,
      `record ${file} ${is === undefined ? "missing" : `is ${is}`}, want ${want ?? ""}`,
      pulumiUp,
    );
  return hop({ host, way, name: "record", seen }, [
    lacks,
    differ(`arp/${peer}`, record.mac, asked?.mac),
    differ(`fdb/${asked?.mac ?? ""}`, record.vtep, asked?.vtep),
  ]);
}

/** Who answers misses and keeps entries right. */
export function resolverHop({ host, facts }: End, way: Way): Hop {
  const { resolver, spec } = facts;
  const unit = `overlaynet-resolver@${spec.overlay}`;
  return hop({ host, way, name: "resolver", seen: resolver.running ? "running" : "not running" }, [
    when(
      !resolver.running,
      `no resolver runs: ${resolver.reason}; nobody answers misses or mends entries`,
      `on ${host}: \`systemctl restart ${unit}\`; \`journalctl -u ${unit}\` says why it ended`,
    ),
  ]);
}

/** The address as a neighbour of the VXLAN device, by which it answers ARP requests. */
export function proxyHop({ host, facts, peer }: End, way: Way): Hop {
  const { proxied, spec, asked } = facts;
  const seen =
    proxied === undefined ? `${peer} unknown to ${spec.device}` : `${peer} is ${proxied.mac ?? "unresolved"}`;
  return hop({ host, way, name: "proxy", seen }, [
    ...entryFaults(facts, host, [peer]),
    when(
      asked !== undefined && proxied?.mac !== undefined && proxied.mac !== asked.mac,
      `${spec.device} answers for ${peer} with ${proxied?.mac ?? ""}, want ${asked?.mac ?? ""}`,
      pulumiUp,
    ),
  ]);
}

/** Where the VXLAN device sends frames for the address's MAC. */
export function forwardingHop({ host, facts }: End, way: Way): Hop {
  const { forwarded, asked, record, spec } = facts;
  const mac = asked?.mac ?? record.mac;
  const macs = [asked?.mac, record.mac].filter((one) => one !== undefined);
  const seen = `${mac ?? "?"} to ${forwarded ?? "nowhere yet"}`;
  return hop({ host, way, name: "forwarding", seen }, [
    ...entryFaults(facts, host, macs),
    when(
      asked !== undefined && forwarded !== undefined && forwarded !== asked.vtep,
      `${spec.device} sends ${mac ?? ""} to ${forwarded ?? ""}, want ${asked?.vtep ?? ""}`,
      pulumiUp,
    ),
  ]);
}

function entryFaults({ differences, spec }: PathFacts, host: string, about: readonly string[]): Fault[] {
  const mend = `a resolver that runs mends it by itself; else on ${host}: \`systemctl restart overlaynet-resolver@${spec.overlay}\``;
  return differences
    .filter((one) => one.about !== undefined && about.includes(one.about))
    .map(({ words }) => ({ cause: words, mend }));
}

/** The way to the other host. */
export function underlayHop({ host, facts }: End, way: Way): Hop | undefined {
  const { underlay, spec } = facts;
  if (underlay === undefined) return undefined;
  const { vtep, route, mtu, neighbour } = underlay;
  const via = route.via === undefined ? "" : ` via ${route.via}`;
  const size = mtu === undefined ? "" : `, mtu ${mtu}`;
  const seen = `${vtep}${via} by ${route.device ?? "nothing"}${size}`;
  const need = spec.mtu + overhead;
  const next = route.via ?? vtep;
  return hop({ host, way, name: "underlay", seen }, [
    when(route.refusal !== "", `no route to ${vtep}: ${route.refusal}`, `on ${host}: \`ip route get ${vtep}\``),
    when(
      mtu !== undefined && mtu < need,
      `${route.device ?? ""} mtu ${mtu ?? 0}, want at least ${need}: ${spec.mtu} of the overlay and ${overhead} of the tunnel`,
      `on ${host}: \`ip link set ${route.device ?? ""} mtu ${need}\`, or a smaller mtu of the Overlay`,
    ),
    when(
      neighbour?.states.includes("FAILED") === true,
      `${next} does not answer ARP on ${route.device ?? ""}: it is off, or the cable is out`,
      `see that ${next} is up and on the same network`,
    ),
  ]);
}

/** Whether packets from the other host are taken: by routes and rp_filter, then by the VTEP filter. */
export function arrivalHops({ host, facts }: End, way: Way): Hop[] {
  const { underlay, spec } = facts;
  if (underlay === undefined) return [];
  const { vtep, refusal } = underlay;
  const drops = facts.dropped["strangers"] ?? 0;
  return [
    hop({ host, way, name: "arrival", seen: refusal === "" ? `takes packets from ${vtep}` : `refuses ${vtep}` }, [
      refusalFault(refusal, `UDP port ${spec.port} from ${vtep}`, false),
    ]),
    hop({ host, way, name: "filter", seen: `${drops} packets of strangers dropped so far` }, differencesAt(facts, "")),
  ];
}
