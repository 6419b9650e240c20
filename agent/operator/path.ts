import {
  type Desired,
  differencesOf,
  type Ip,
  ipFromNumber,
  ipToNumber,
  macFromNumber,
  type Mac,
  macToNumber,
  type NeighSpec,
  type OverlaySpec,
  parseDevices,
  parseFirewalls,
  parseForwarding,
  parseNeighbour,
  parseRouteGet,
  portName,
} from "@overlaynet/core";
import type { OperatorRequest, PathFacts, UnderlayFacts } from "@overlaynet/core/operator/index";
import { dropped } from "../reconcile/filters.js";
import { observeOverlay } from "../reconcile/drift.js";
import type { Host } from "../reconcile/host.js";
import type { Ran } from "../reconcile/runner.js";
import { RecordStore } from "../records/index.js";
import { resolverStatus } from "../resolver/client.js";
import { targetsOf } from "../store/desired.js";
import { resolverSocket } from "../units/templates.js";
import { linksIn } from "./links.js";
import { containerHere } from "./probe.js";
import { overlayHere } from "./records.js";

type Path = Extract<OperatorRequest, { op: "path" }>;

/** Milliseconds for a resolver to answer; one that takes longer answers no miss either. */
const patience = 1000;

/** Looks at everything that decides what becomes of packets between a container of this host and an address. @throws Error a sentence */
export async function pathFacts(host: Host, { overlay, container: name, address }: Path): Promise<PathFacts> {
  const spec = overlayHere(host, overlay);
  const container = containerHere(host, overlay, name);
  const { desired, damaged } = host.store.read(overlay);
  const asked = askedOf(desired, address);
  const record = recordOf(spec, address, asked?.mac);
  const mac = record.mac ?? asked?.mac;
  const failures: string[] = [];
  const seen = async <T>(what: string, look: () => Promise<T> | T, otherwise: T): Promise<T> => {
    try {
      return await look();
    } catch (error) {
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return otherwise;
    }
  };
  const run = async (...argv: string[]): Promise<Ran> => host.runner.attempt(argv);
  const inside = ["ip", "-n", name, "-j"];
  const { namespace, bridge, device } = spec;
  const own = spec.hosts[spec.host];
  const neighbour = await run(...inside, "neigh", "show", "to", address, "dev", container.interface);
  const known = parseNeighbour(neighbour.stdout);
  const sentTo = known?.mac ?? mac;
  const [route, back, behind, proxied, forwarding, resolver, drops, hosts, containers, differences] = await Promise.all(
    [
      run(...inside, "route", "get", address),
      run(...inside, "route", "get", container.ip, "from", address, "iif", container.interface),
      sentTo === undefined ? undefined : run("bridge", "-n", namespace, "-j", "fdb", "get", sentTo, "br", bridge),
      run("ip", "-n", namespace, "-j", "neigh", "get", address, "dev", device),
      mac === undefined ? undefined : run("bridge", "-n", namespace, "-j", "fdb", "get", mac, "dev", device, "self"),
      seen("resolver", () => resolverStatus(resolverSocket(host.paths, overlay), patience), silent),
      dropped(host, overlay, desired),
      run("nft", "-j", "list", "ruleset"),
      run("ip", "netns", "exec", name, "nft", "-j", "list", "ruleset"),
      seen("differences", () => differencesHere(host, spec, desired, targetsOf(damaged), name), []),
    ],
  );
  const forwarded = parseForwarding(forwarding?.stdout ?? "").vtep;
  const vtep = asked?.vtep ?? forwarded ?? record.vtep;
  const isAbout = ({ about }: { about?: string | undefined }): boolean =>
    about === undefined || about === address || about === mac;
  const [proxy, where] = [parseNeighbour(proxied.stdout), parseForwarding(behind?.stdout ?? "").device];
  return {
    spec,
    container,
    port: portName(spec.cidr, container.ip),
    ...(asked === undefined ? {} : { asked }),
    record,
    differences: differences.filter(isAbout),
    links: await seen("links", () => linksIn(host.paths, [namespace, name]), []),
    route: parseRouteGet(route.stdout, route.stderr),
    refusal: parseRouteGet(back.stdout, back.stderr).refusal,
    ...(known === undefined ? {} : { neighbour: known }),
    ...(where === undefined ? {} : { behind: where }),
    ...(proxy === undefined ? {} : { proxied: proxy }),
    ...(forwarded === undefined ? {} : { forwarded }),
    resolver: resolver.running ? { running: true, reason: "" } : resolver,
    ...(vtep === undefined || own === undefined || vtep === own ? {} : { underlay: await underlay(host, own, vtep) }),
    dropped: packetsIn(drops),
    firewalls: { host: parseFirewalls(hosts.stdout), container: parseFirewalls(containers.stdout) },
    failures,
  };
}

const silent = { running: false, reason: "it does not answer" } as const;

/** How this host reaches a VTEP, and whether it takes what comes from there. */
async function underlay(host: Host, own: Ip, vtep: string): Promise<UnderlayFacts> {
  const run = (...argv: string[]): Promise<Ran> => host.runner.attempt(["ip", "-j", ...argv]);
  const [there, holders] = await Promise.all([
    run("route", "get", vtep, "from", own),
    run("address", "show", "to", own),
  ]);
  const route = parseRouteGet(there.stdout, there.stderr);
  const [holder] = parseDevices(holders.stdout);
  const taken = holder && (await run("route", "get", own, "from", vtep, "iif", holder.name));
  const [shown, next] =
    route.device === undefined
      ? []
      : await Promise.all([
          run("address", "show", "dev", route.device),
          run("neigh", "show", "to", route.via ?? vtep, "dev", route.device),
        ]);
  const mtu = parseDevices(shown?.stdout ?? "")[0]?.mtu;
  const neighbour = parseNeighbour(next?.stdout ?? "");
  return {
    vtep,
    route,
    refusal: taken === undefined ? `no device has ${own}` : parseRouteGet(taken.stdout, taken.stderr).refusal,
    ...(mtu === undefined ? {} : { mtu }),
    ...(neighbour === undefined ? {} : { neighbour }),
  };
}

async function differencesHere(
  host: Host,
  spec: OverlaySpec,
  desired: readonly Desired[],
  unreadable: ReturnType<typeof targetsOf>,
  container: string,
): Promise<PathFacts["differences"]> {
  const { namespace, device } = spec;
  const { plan, entries } = await observeOverlay(host, spec, desired, unreadable, [namespace, container]);
  return [...differencesOf(plan), ...entries.map((entry) => ({ ...entry, namespace, device }))];
}

type Asked = NonNullable<PathFacts["asked"]> & Pick<NeighSpec, "mac" | "vtep">;

function askedOf(desired: readonly Desired[], address: Ip): Asked | undefined {
  const spec = desired.map((one) => one.spec).find((one) => one.kind !== "overlay" && one.ip === address);
  if (spec === undefined || spec.kind === "overlay") return undefined;
  return { kind: spec.kind, name: spec.name, mac: spec.mac, vtep: spec.vtep };
}

/** What the files say of an address; where its MAC has no file, of the MAC that was asked for. */
function recordOf({ storage }: OverlaySpec, address: Ip, otherwise: Mac | undefined): PathFacts["record"] {
  const store = new RecordStore(storage);
  store.rescan();
  const { arp, fdb } = store.records;
  const mac = arp.get(ipToNumber(address));
  const known = mac === 0 && otherwise !== undefined ? macToNumber(otherwise) : mac;
  const vtep = known === 0 ? 0 : fdb.get(known);
  return {
    ...(mac === 0 ? {} : { mac: macFromNumber(mac) }),
    ...(vtep === 0 ? {} : { vtep: ipFromNumber(vtep) }),
  };
}

function packetsIn(counts: Awaited<ReturnType<typeof dropped>>): Record<string, number> {
  if (typeof counts === "string") return {};
  return Object.fromEntries(Object.entries(counts).map(([counter, { packets }]) => [counter, packets]));
}
