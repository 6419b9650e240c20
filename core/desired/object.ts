import type { InterfaceName, Ip, Mac, Mtu, NamespaceName, Port, Vni } from "../model/index.js";

/**
 * Whose an object is, as one word that the kernel keeps with it: the alias of a link (`ip link set alias`, at most 255 bytes), or of a
 * namespace's lo: `overlaynet:<overlay>:<kind>:<name>:<uid>`. Made by `markOf`.
 */
export type Mark = string & { readonly __mark: unique symbol };

interface Owned {
  /** Whose it is. Addresses, routes and port entries belong with the device they are on; the kernel keeps no mark of theirs. */
  readonly mark: Mark;
}

/** A network namespace with a name in /run/netns, its lo up. */
export interface NamespaceId {
  readonly kind: "namespace";
  readonly namespace: NamespaceName;
}
export interface NamespaceObject extends NamespaceId, Owned {}

/** A network device: a name is free to be taken once in a namespace. */
export interface LinkId {
  readonly kind: "bridge" | "vxlan" | "veth";
  readonly namespace: NamespaceName;
  readonly name: InterfaceName;
}

/** The overlay's switch on one host. */
export interface BridgeObject extends LinkId, Owned {
  readonly kind: "bridge";
  readonly mac: Mac;
  readonly mtu: Mtu;
}

/**
 * The tunnel device; made from the root namespace, so that its UDP socket is where the underlay is (drivers/net/vxlan/vxlan_core.c).
 * Always with proxy, l2miss and l3miss.
 */
export interface VxlanObject extends LinkId, Owned {
  readonly kind: "vxlan";
  readonly master: InterfaceName;
  readonly vni: Vni;
  readonly port: Port;
  readonly local: Ip;
  readonly mac: Mac;
  readonly mtu: Mtu;
  readonly learning: boolean;
}

/** A container's link: the host's end a port of the bridge, the peer in the container's namespace. */
export interface VethObject extends LinkId, Owned {
  readonly kind: "veth";
  readonly master: InterfaceName;
  readonly mtu: Mtu;
  readonly peer: {
    readonly namespace: NamespaceName;
    readonly name: InterfaceName;
    readonly mac: Mac;
    readonly mtu: Mtu;
  };
}

/** An IPv4 address on a device of a namespace. */
export interface AddressId {
  readonly kind: "address";
  readonly namespace: NamespaceName;
  readonly device: InterfaceName;
  readonly ip: Ip;
  /** The network's prefix length in bits. */
  readonly prefix: number;
}
export interface AddressObject extends AddressId, Owned {}

/** A container's default route. */
export interface RouteId {
  readonly kind: "route";
  readonly namespace: NamespaceName;
  readonly device: InterfaceName;
  readonly via: Ip;
}
export interface RouteObject extends RouteId, Owned {}

/**
 * A static, sticky bridge entry: this MAC is behind this port, whatever frames say. A static one alone moves to whatever port a frame from that MAC comes
 * in at (br_fdb_update in net/bridge/br_fdb.c).
 */
export interface PortEntryId {
  readonly kind: "port-entry";
  readonly namespace: NamespaceName;
  readonly device: InterfaceName;
  readonly mac: Mac;
}
export interface PortEntryObject extends PortEntryId, Owned {}

/** A table of nftables, (see filter.ts): of one overlay alone, so that nobody else's rules are near it. */
export interface FilterId {
  readonly kind: "filter";
  /** `rootNamespace` for the one that is before the VXLAN device. */
  readonly namespace: NamespaceName;
  readonly family: "ip" | "bridge";
  readonly table: string;
}
export interface FilterObject extends FilterId, Owned {
  readonly counters: readonly string[];
  readonly sets: readonly FilterSet[];
  readonly chains: readonly FilterChain[];
}

/** A set that rules look things up in. */
export interface FilterSet {
  readonly name: string;
  /** nft's name of it: `ifname . ether_addr`. */
  readonly type: string;
  /** Further properties as nft writes them. */
  readonly options?: string;
  /** As nft lists them. `undefined`: guards are in it, or what the kernel counts. */
  readonly elements?: readonly string[];
}

/** Rules in their order, as nft lists them. */
export interface FilterChain {
  readonly name: string;
  /** Where packets enter it, and its place among others there; without it rules lead to it. */
  readonly hook?: { readonly at: string; readonly priority: number };
  readonly rules: readonly string[];
}

/** An element of a port filter's set: `{ ports, "vethO2" }`. */
export interface GuardElementId {
  readonly kind: "guard-element";
  readonly namespace: NamespaceName;
  readonly set: string;
  readonly element: string;
}

/** What a container's port may send: frames from its MAC, with its address. */
export interface GuardObject extends Owned {
  readonly kind: "guard";
  readonly namespace: NamespaceName;
  /** The port. */
  readonly port: InterfaceName;
  readonly mac: Mac;
  readonly ip: Ip;
}

export type LinkObject = BridgeObject | VxlanObject | VethObject;

/** Whatever a host's kernel can be asked to hold for an overlay. New kinds join here, in observe/, plan/ and command/. */
export type KernelObject =
  NamespaceObject | LinkObject | AddressObject | RouteObject | PortEntryObject | FilterObject | GuardObject;

/** What names an object; enough to delete it. */
export type ObjectId = NamespaceId | LinkId | AddressId | RouteId | PortEntryId | FilterId | GuardElementId;

/** An {@link ObjectId} as text, to compare and to look up by. */
export function keyOf(id: ObjectId | GuardObject): string {
  switch (id.kind) {
    case "namespace":
      return id.namespace;
    case "bridge":
    case "vxlan":
    case "veth":
      return `${id.namespace} ${id.name}`;
    case "address":
      return `${id.namespace} ${id.device} ${id.ip}/${id.prefix}`;
    case "route":
      return `${id.namespace} ${id.device} default ${id.via}`;
    case "port-entry":
      return `${id.namespace} ${id.device} ${id.mac}`;
    case "filter":
      return `${id.namespace} ${id.family} ${id.table}`;
    case "guard-element":
      return `${id.namespace} ${id.set} ${id.element}`;
    case "guard":
      return `${id.namespace} ${id.port}`;
  }
}
