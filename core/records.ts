import {
  type AbsolutePath,
  type Cidr,
  InvalidValue,
  type InterfaceName,
  type Ip,
  type Mac,
  type Name,
  parseAbsolutePath,
  parseCidr,
  parseInterfaceName,
  parseIp,
  parseName,
  parseVni,
  type Vni,
} from "./model/index.js";
import type { OverlaySpec, Spec } from "./desired/spec.js";

/**
 * Who is where, in the kernel's own two tables: the neighbour table maps an inner IP to an inner MAC, the forwarding table an inner MAC
 * to the outer address of its VTEP. On disk `arp/<ip>` and `fdb/<mac>`.
 */
export interface Records {
  readonly arp: ReadonlyMap<Ip, Mac>;
  readonly fdb: ReadonlyMap<Mac, Ip>;
}

/** What a resolver knows of its overlay besides the records: /run/overlaynet/<overlay>/resolver.json, written by ensure. */
export interface ResolverConfig {
  readonly overlay: Name;
  readonly device: InterfaceName;
  readonly bridge: InterfaceName;
  readonly vni: Vni;
  /** Records outside of it are ignored and counted. */
  readonly cidr: Cidr;
  /** The bridge's own address, the same on every host: never answered from records. */
  readonly gateway: Ip;
  /** This host's VTEP: records that name it are of local containers and never written to the kernel. */
  readonly local: Ip;
  readonly learning: boolean;
  readonly resolve: "push" | "miss";
  readonly storage: AbsolutePath;
}

/** The records that the specs of one overlay ask for: one neighbour and one forwarding entry per container and neighbour entry, local ones too. */
export function recordsOf(specs: Iterable<Spec>): Records {
  const arp = new Map<Ip, Mac>();
  const fdb = new Map<Mac, Ip>();
  for (const spec of specs) {
    if (spec.kind === "overlay") continue;
    arp.set(spec.ip, spec.mac);
    fdb.set(spec.mac, spec.vtep);
  }
  return { arp, fdb };
}

/** @throws InvalidValue when the overlay's host is not among its hosts */
export function resolverConfigOf(spec: OverlaySpec): ResolverConfig {
  const local = spec.hosts[spec.host];
  if (local === undefined) throw new InvalidValue(spec.host, "one of the overlay's hosts");
  const { overlay, device, bridge, vni, cidr, gateway, learning, resolve, storage } = spec;
  return { overlay, device, bridge, vni, cidr, gateway, local, learning, resolve, storage };
}

/**
 * Reads a resolver's configuration from JSON that was parsed already. Written without the schema library: the daemon that reads it
 * counts its memory.
 *
 * @throws InvalidValue whose message names the key that is wrong; unknown keys are ignored
 */
export function parseResolverConfig(given: unknown): ResolverConfig {
  const object = typeof given === "object" && given !== null ? (given as Record<string, unknown>) : {};
  const read = <T>(key: string, parse: (value: unknown) => T): T => {
    try {
      return parse(object[key]);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      throw new InvalidValue(error.given, `${error.expected} as ${key}`);
    }
  };
  return {
    overlay: read("overlay", parseName),
    device: read("device", parseInterfaceName),
    bridge: read("bridge", parseInterfaceName),
    vni: read("vni", parseVni),
    cidr: read("cidr", parseCidr),
    gateway: read("gateway", parseIp),
    local: read("local", parseIp),
    learning: read("learning", parseBoolean),
    resolve: read("resolve", parseResolve),
    storage: read("storage", parseAbsolutePath),
  };
}

function parseBoolean(given: unknown): boolean {
  if (typeof given !== "boolean") throw new InvalidValue(given, "true or false");
  return given;
}

function parseResolve(given: unknown): "push" | "miss" {
  if (given !== "push" && given !== "miss") throw new InvalidValue(given, '"push" or "miss"');
  return given;
}
