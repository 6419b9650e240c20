/** What a kernel was seen to hold. Plain text and numbers, for anybody may have made it. */

export interface ObservedAddress {
  readonly ip: string;
  readonly prefix: number;
  readonly label?: string | undefined;
  /** Goes when the first address of the same network goes (net/ipv4/devinet.c, promote_secondaries 0). */
  readonly secondary: boolean;
}

export interface ObservedVxlan {
  readonly vni: number;
  readonly port: number;
  readonly local?: string | undefined;
  readonly proxy: boolean;
  readonly learning: boolean;
  readonly l2miss: boolean;
  readonly l3miss: boolean;
}

export interface ObservedLink {
  readonly name: string;
  readonly index: number;
  /** `bridge`, `vxlan`, `veth` … as `ip link add type` names it; `loopback`, or `device` for hardware. */
  readonly kind: string;
  readonly alias?: string | undefined;
  readonly group: number;
  readonly mac?: string | undefined;
  readonly mtu: number;
  /** Whether it was set up, with or without carrier. */
  readonly up: boolean;
  readonly master?: string | undefined;
  /** A veth's peer: its index, and what the namespace it is in is called; without it in this very namespace. */
  readonly peer?:
    | { readonly index: number; readonly namespaceId?: number | undefined; readonly namespace?: string | undefined }
    | undefined;
  /** A VXLAN device whose UDP socket is in another namespace. */
  readonly elsewhere: boolean;
  readonly vxlan?: ObservedVxlan | undefined;
  /** IPv4 only, in the kernel's order. */
  readonly addresses: readonly ObservedAddress[];
}

/** A default route of the main table. */
export interface ObservedRoute {
  readonly via?: string | undefined;
  readonly device?: string | undefined;
  readonly protocol: number;
  readonly metric: number;
}

/** A static entry of a bridge's forwarding table. */
export interface ObservedPortEntry {
  readonly mac: string;
  readonly device: string;
  /** Not to be moved to another port by a frame that comes in there. */
  readonly sticky: boolean;
}

export interface ObservedNamespace {
  readonly links: readonly ObservedLink[];
  readonly routes: readonly ObservedRoute[];
  readonly portEntries: readonly ObservedPortEntry[];
}

/**
 * What a look at a name in /run/netns found. `absent`: no such name. `dead`: the name is there and leads to no network namespace: its mount is gone, or was made
 * in another mount namespace (ip-netns(8): the name is a mount).
 */
export type Look = ObservedNamespace | "absent" | "dead";

/**
 * What was looked at, by namespace name. No entry: not looked at, so nothing is known and nothing is
 * planned there. {@link rootNamespace} stands for the namespace that the agent runs in.
 */
export type Observation = ReadonlyMap<string, Look>;

/** The initial namespace, which has no name; only looked at for VXLAN devices in the way. */
export const rootNamespace = "";
