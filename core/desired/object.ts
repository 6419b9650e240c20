import type { Cidr, InterfaceName, Ip, Mac, Mtu, NamespaceName, Port, Vni } from "../model/index.js";

/**
 * Whose an object is, as text that the kernel keeps with it: the alias of a link (`ip link set alias`, at most 255 bytes),
 * or of a namespace's lo. `overlaynet <overlay> <kind> <name> <uid>`.
 */
export type Mark = string & { readonly __mark: unique symbol };

interface Owned {
  readonly mark: Mark;
}

/** A network namespace with a name in /run/netns, its lo up. */
export interface NamespaceObject extends Owned {
  readonly kind: "namespace";
  readonly namespace: NamespaceName;
}

/** The overlay's switch on one host. */
export interface BridgeObject extends Owned {
  readonly kind: "bridge";
  readonly namespace: NamespaceName;
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: Mtu;
}

/** The tunnel device; made in the root namespace and moved, so that its UDP socket stays where the underlay is (reference: drivers/net/vxlan/vxlan_core.c). */
export interface VxlanObject extends Owned {
  readonly kind: "vxlan";
  readonly namespace: NamespaceName;
  readonly name: InterfaceName;
  readonly master: InterfaceName;
  readonly vni: Vni;
  readonly port: Port;
  readonly local: Ip;
  readonly mac: Mac;
  readonly mtu: Mtu;
  readonly learning: boolean;
}

/** A container's link: the host's end a port of the bridge, the peer in the container's namespace. */
export interface VethObject extends Owned {
  readonly kind: "veth";
  readonly namespace: NamespaceName;
  readonly name: InterfaceName;
  readonly master: InterfaceName;
  readonly mtu: Mtu;
  readonly peer: {
    readonly namespace: NamespaceName;
    readonly name: InterfaceName;
    readonly mac: Mac;
    readonly mtu: Mtu;
  };
}

/** An address on a device of a namespace. */
export interface AddressObject {
  readonly kind: "address";
  readonly namespace: NamespaceName;
  readonly device: InterfaceName;
  readonly ip: Ip;
  readonly cidr: Cidr;
}

/** A container's default route. */
export interface RouteObject {
  readonly kind: "route";
  readonly namespace: NamespaceName;
  readonly device: InterfaceName;
  readonly via: Ip;
}

/** A static bridge entry: this MAC is behind this port, whatever frames say. */
export interface PortEntryObject {
  readonly kind: "port-entry";
  readonly namespace: NamespaceName;
  readonly device: InterfaceName;
  readonly mac: Mac;
}

/** Whatever a host's kernel can be asked to hold for an overlay. New kinds (firewall rules) join here, in observe/, plan/ and command/. */
export type KernelObject =
  NamespaceObject | BridgeObject | VxlanObject | VethObject | AddressObject | RouteObject | PortEntryObject;
