import * as z from "zod";
import type { NeighbourFact, RouteFact } from "../operator/path.js";

const Route = z.object({ dev: z.string().optional(), gateway: z.string().optional(), prefsrc: z.string().optional() });
const Neighbour = z.object({ lladdr: z.string().optional(), state: z.array(z.string()).default([]) });
const Forwarding = z.object({ ifname: z.string().optional(), dst: z.string().optional() });
const Address = z.object({ ifname: z.string(), mtu: z.number().optional() });

/** Reads what `ip -j route get` wrote: a way, or why there is none. */
export function parseRouteGet(stdout: string, stderr: string): RouteFact {
  const [route] = rows(Route, stdout);
  if (route === undefined) return { refusal: refusalIn(stderr) };
  const { dev, gateway, prefsrc } = route;
  return {
    ...(dev === undefined ? {} : { device: dev }),
    ...(gateway === undefined ? {} : { via: gateway }),
    ...(prefsrc === undefined ? {} : { source: prefsrc }),
    refusal: "",
  };
}

/** Reads what `ip -j neigh` wrote of one address; undefined when there is no entry. */
export function parseNeighbour(stdout: string): NeighbourFact | undefined {
  const [entry] = rows(Neighbour, stdout);
  if (entry === undefined) return undefined;
  return { ...(entry.lladdr === undefined ? {} : { mac: entry.lladdr }), states: entry.state };
}

/** Reads what `bridge -j fdb get` wrote of one MAC: the device that has it, and the VTEP of a VXLAN device's own. */
export function parseForwarding(stdout: string): { readonly device?: string; readonly vtep?: string } {
  const [entry] = rows(Forwarding, stdout);
  const { ifname, dst } = entry ?? {};
  return { ...(ifname === undefined ? {} : { device: ifname }), ...(dst === undefined ? {} : { vtep: dst }) };
}

/** Reads what `ip -j address show` wrote: the devices shown. */
export function parseDevices(stdout: string): { readonly name: string; readonly mtu: number | undefined }[] {
  return rows(Address, stdout).map(({ ifname, mtu }) => ({ name: ifname, mtu }));
}

const Ruleset = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) });

/** The tables of a rule set (`nft -j list ruleset`) that can drop packets, in words, but for those whose names are ours. */
export function parseFirewalls(stdout: string): string[] {
  const parsed = Ruleset.safeParse(jsonOf(stdout));
  if (!parsed.success) return [];
  const found = parsed.data.nftables.flatMap(({ chain, rule }) => {
    const { family, table, name, policy, chain: of, expr } = { ...(chain as Row), ...(rule as Row) };
    const drops = policy === "drop" || (Array.isArray(expr) && expr.some((one) => isRow(one) && isDrop(one)));
    if (!drops || String(table).startsWith("overlaynet")) return [];
    return [`table ${String(family)} ${String(table)}, chain ${String(of ?? name)}`];
  });
  return [...new Set(found)];
}

type Row = Readonly<Record<string, unknown>>;

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null;
}

function isDrop(expression: Row): boolean {
  return "drop" in expression || "reject" in expression;
}

/** `RTNETLINK answers: Network is unreachable` */
function refusalIn(stderr: string): string {
  const [, reason] = /^(?:RTNETLINK answers|Error): (.*)$/m.exec(stderr) ?? [];
  return reason ?? (stderr.trim().split("\n")[0] || "no route");
}

function rows<T>(schema: z.ZodType<T>, text: string): T[] {
  const parsed = z.array(schema).safeParse(jsonOf(text));
  return parsed.success ? parsed.data : [];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
