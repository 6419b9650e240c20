import type { PathFacts, PingResult } from "../operator/index.js";
import type { End, Hop } from "./hop.js";

/** An end of the path before the probes and after them. */
export interface Watched extends End {
  readonly before: PathFacts;
}

/** A place where packets are counted. */
interface Station {
  readonly end: Watched;
  readonly name: string;
  readonly where: "container" | "port" | "device";
  readonly way: "sent" | "received";
}

/** Where pings that had no answer were last seen, by the counters of the devices they go through. Others' packets are counted as well: what they hide is not found. */
export function lossHop(from: Watched, to: Watched | undefined, ping: PingResult): Hop | undefined {
  if (to === undefined) return undefined;
  const remote = from.facts.underlay !== undefined;
  const [there, back] = [stations(from, to, remote), stations(to, from, remote)];
  const all = [...there, ...back];
  const at = all.findIndex((one) => passed(one) < ping.sent);
  const lost = all[at];
  if (lost === undefined) return undefined;
  const last = all[at - 1];
  const way = at < there.length ? "there" : "back";
  const sender = way === "there" ? from : to;
  const { host, facts } = lost.end;
  const place = { host, way, name: "loss", state: "wrong" } as const;
  const seen =
    last === undefined
      ? `${lost.name} ${lost.way} ${passed(lost)} of ${ping.sent}`
      : `${last.name} ${last.way} them, ${lost.name} ${lost.way} ${passed(lost)} of ${ping.sent}`;
  return { ...place, seen, fault: faultAt(lost, last, sender, facts, host) };
}

function faultAt(
  lost: Station,
  last: Station | undefined,
  sender: Watched,
  facts: PathFacts,
  host: string,
): NonNullable<Hop["fault"]> {
  const { spec, container, firewalls } = facts;
  if (last === undefined || (last.where === "container" && last.way === "received")) {
    const does = last === undefined ? "does not send them" : "gets them and does not answer";
    return {
      cause: `${container.name} ${does}${rulesIn(firewalls.container)}`,
      mend: `\`ip netns exec ${container.name} nft list ruleset\` shows its rules`,
    };
  }
  if (lost.where === "device" && lost.way === "received") {
    const { spec: own } = sender.facts;
    const [local, remote] = [own.hosts[own.host] ?? sender.host, sender.facts.underlay?.vtep ?? host];
    const strangers = grown(lost.end, "strangers");
    const rules = rulesIn([...sender.facts.firewalls.host, ...firewalls.host]);
    return {
      cause:
        strangers > 0
          ? `the VTEP filter of ${host} drops packets of ${local} as a stranger's`
          : `UDP port ${spec.port} from ${local} to ${remote} is dropped on the way or by a firewall${rules}`,
      mend: `let it pass; \`nft list ruleset\` on ${sender.host} and ${host} shows what drops`,
    };
  }
  const counter = ["spoofed", "storms", "misses"].find((one) => grown(lost.end, one) > 0);
  return {
    cause:
      counter === undefined
        ? `${host}: lost between ${last.name} and ${lost.name}`
        : `the port filter of ${host} drops what ${container.name} sends (${counter})`,
    mend: `look there: \`ip -n ${spec.namespace} -s link\`, \`bridge -n ${spec.namespace} fdb\`, \`nft list ruleset\``,
  };
}

function rulesIn(tables: readonly string[]): string {
  return tables.length === 0 ? "" : `; rules that drop are in ${tables.join("; ")}`;
}

/** The counters that a packet passes on one way. */
function stations(from: Watched, to: Watched, remote: boolean): Station[] {
  const out = ends(from);
  const into = ends(to);
  return [
    { ...out.container, way: "sent" },
    { ...out.port, way: "received" },
    ...(remote
      ? ([
          { ...out.device, way: "sent" },
          { ...into.device, way: "received" },
        ] as const)
      : []),
    { ...into.port, way: "sent" },
    { ...into.container, way: "received" },
  ];
}

function ends(end: Watched): Record<Station["where"], Omit<Station, "way">> {
  const { container, port, spec } = end.facts;
  return {
    container: { end, name: `${container.interface} of ${container.name}`, where: "container" },
    port: { end, name: port, where: "port" },
    device: { end, name: `${spec.device} of ${end.host}`, where: "device" },
  };
}

/** Packets that passed a station while the probes were sent. */
function passed({ end, where, way }: Station): number {
  return countOf(end.facts, where, way) - countOf(end.before, where, way);
}

function countOf({ links, container, port, spec }: PathFacts, where: Station["where"], way: Station["way"]): number {
  const [namespace, name] = {
    container: [container.name, container.interface],
    port: [spec.namespace, port],
    device: [spec.namespace, spec.device],
  }[where];
  return links.find((one) => one.namespace === namespace && one.name === name)?.[way].packets ?? 0;
}

function grown({ facts, before }: Watched, counter: string): number {
  return (facts.dropped[counter] ?? 0) - (before.dropped[counter] ?? 0);
}
