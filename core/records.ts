import type { Ip, Mac } from "./model/index.js";
import type { Spec } from "./desired/spec.js";

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
  readonly overlay: string;
  readonly device: string;
  readonly bridge: string;
  readonly vni: number;
  readonly cidr: string;
  readonly gateway: string;
  /** This host's VTEP: records that name it are of local containers and never written to the kernel. */
  readonly local: string;
  readonly learning: boolean;
  readonly resolve: "push" | "miss";
  readonly storage: string;
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
