import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./connection.js";
import { type OverlayRefOutput, publicHosts, remember } from "./overlay-ref.js";
import { HostResource, isOfKind } from "./resource.js";
import { withSecrets } from "./secrets.js";

/** The inputs of an {@link Overlay}. */
export interface OverlayArgs {
  /** The VXLAN network identifier, 1 to 16777215: what tells this overlay's packets from others'. Changing it replaces the overlay and its containers. */
  vni: pulumi.Input<number>;
  /** The network of the containers in CIDR notation, such as "7.7.7.0/24". */
  cidr: pulumi.Input<string>;
  /** The address of the bridge in that network, the same on every host. */
  gateway: pulumi.Input<string>;
  /** The machines, by names of your choice; Containers say by them where they are. */
  hosts: pulumi.Input<Record<string, pulumi.Input<HostArgs>>>;
  /** The overlay's name on hosts: its state folder and its units. Defaults to the resource's name. Changing it replaces. */
  name?: pulumi.Input<string>;
  /** The UDP port of the tunnel. Defaults to 4789, VXLAN's own. Changing it replaces. */
  port?: pulumi.Input<number>;
  /** The largest packet of the containers, in bytes; the underlay has to carry 50 more. Defaults to 1450. */
  mtu?: pulumi.Input<number>;
  /** The network namespace of bridge and tunnel. Defaults to "overns-<vni>". Changing it replaces. */
  namespace?: pulumi.Input<string>;
  /** The bridge's name. Defaults to "br0". Changing it replaces. */
  bridge?: pulumi.Input<string>;
  /** The VXLAN device's name. Defaults to "vxlan1". Changing it replaces. */
  device?: pulumi.Input<string>;
  /** Whether hosts learn from the tunnel's packets which container is where. Defaults to false: they are told. */
  learning?: pulumi.Input<boolean>;
  /** "push" writes what is known to the kernel ahead of need; "miss" only what the kernel asks for, for tables too large for it. Defaults to "push". */
  resolve?: pulumi.Input<"push" | "miss">;
  /** The folder on hosts that holds `arp/<ip>` and `fdb/<mac>`. Defaults to "/var/lib/overlaynet/<name>/records". */
  storage?: pulumi.Input<string>;
  /** VTEPs that may send into the tunnel besides the hosts and the NeighEntries', such as one that only a record written by hand names. */
  trustedVteps?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether anybody on the underlay may send into the tunnel. Defaults to false: packets of strangers are dropped before the VXLAN device. */
  allowUnknownVteps?: pulumi.Input<boolean>;
  /** Whether to take over a namespace and devices of these names that belong to nobody. Defaults to false: they are refused. */
  adopt?: pulumi.Input<boolean>;
  /** Whether a host that does not answer may be left as it is when it is removed from the overlay, or the overlay is deleted. Defaults to false. */
  deleteUnreachable?: pulumi.Input<boolean>;
  /** Limits for hosts. */
  timeouts?: pulumi.Input<TimeoutsArgs>;
}

/** How long to wait for a host. */
export interface TimeoutsArgs {
  /** Seconds that a host has for one request. Defaults to 120. */
  operation?: pulumi.Input<number>;
  /** Seconds in which a host has to be reached, all dials of one log-in together. Defaults to no limit but the connection's `dialErrorLimit` and `perDialTimeout`. */
  connect?: pulumi.Input<number>;
}

/**
 * A VXLAN overlay network over some hosts: on each a network namespace with a bridge, that has the gateway's address, and a VXLAN device; and a
 * resolver that tells the kernel which container is behind which host.
 *
 * ```ts
 * const net = new Overlay("lab", {
 *   vni: 42, cidr: "7.7.7.0/24", gateway: "7.7.7.1",
 *   hosts: { a: { address: "192.168.64.27" }, b: { address: "192.168.64.28" } },
 * });
 * ```
 */
export class Overlay extends HostResource {
  /** The overlay's id: differs in every life of it. */
  declare readonly overlayId: pulumi.Output<string>;
  /** Its name on hosts. */
  declare readonly name: pulumi.Output<string>;
  /** The VXLAN network identifier. */
  declare readonly vni: pulumi.Output<number>;
  /** The network of the containers in CIDR notation, the host part zero. */
  declare readonly cidr: pulumi.Output<string>;
  /** The address of the bridge, the same on every host. */
  declare readonly gateway: pulumi.Output<string>;
  /** The UDP port of the tunnel. */
  declare readonly port: pulumi.Output<number>;
  /** The largest packet of the containers, in bytes. */
  declare readonly mtu: pulumi.Output<number>;
  /** The network namespace of bridge and tunnel, on every host. */
  declare readonly namespace: pulumi.Output<string>;
  /** The bridge's name in that namespace. */
  declare readonly bridge: pulumi.Output<string>;
  /** The VXLAN device's name in that namespace. */
  declare readonly device: pulumi.Output<string>;
  /** Whether hosts learn from the tunnel's packets which container is where. */
  declare readonly learning: pulumi.Output<boolean>;
  /** Whether entries are written ahead of need, or when the kernel asks. */
  declare readonly resolve: pulumi.Output<"push" | "miss">;
  /** The folder on hosts that holds the records, `arp/<ip>` and `fdb/<mac>`. */
  declare readonly storage: pulumi.Output<string>;
  /** Underlay addresses that may send into the tunnel besides the hosts' and the NeighEntries', as given. */
  declare readonly trustedVteps: pulumi.Output<string[] | undefined>;
  /** Whether anybody may send into the tunnel, when it was given. */
  declare readonly allowUnknownVteps: pulumi.Output<boolean | undefined>;
  /** The machines by name, as given; secret as a whole when one connection holds a key or a password. `ref` has them without. */
  declare readonly hosts: pulumi.Output<Record<string, pulumi.Unwrap<HostArgs>>>;
  /** Whether a namespace and devices of these names that belong to nobody are taken over. */
  declare readonly adopt: pulumi.Output<boolean>;
  /** Whether a host that does not answer may be left as it is. */
  declare readonly deleteUnreachable: pulumi.Output<boolean>;
  /** Limits for hosts, as given. */
  declare readonly timeouts: pulumi.Output<pulumi.Unwrap<TimeoutsArgs> | undefined>;
  /** Every host by name: "ready", or why it is not. */
  declare readonly status: pulumi.Output<Record<string, string>>;
  /** Hosts that could not be told of the last change, each with the reason; absent when there are none. The next `pulumi up` tells them. */
  declare readonly pending: pulumi.Output<Record<string, string> | undefined>;
  /** After a refresh: what is not as asked, by host, in words; absent when all is. The next `pulumi up` mends it. */
  declare readonly drift: pulumi.Output<Record<string, string> | undefined>;

  constructor(name: string, args: OverlayArgs, options?: pulumi.CustomResourceOptions) {
    const given = { ...args, name: args.name ?? name, hosts: withSecrets(args.hosts) };
    const computed = {
      overlayId: undefined,
      status: undefined,
      pending: undefined,
      drift: undefined,
      generation: undefined,
    };
    super("Overlay", name, { ...given, ...absent(given), ...computed }, options);
    remember(this, given);
  }

  /**
   * What another stack needs to put containers on this overlay: `export const net = overlay.ref`, and there `new Container("red", { overlay: reference.requireOutput("net"), … })`. Holds no secrets: the other stack brings credentials of its own.
   */
  get ref(): OverlayRefOutput {
    const { overlayId, name, cidr, gateway, port, mtu } = this;
    return pulumi.output({ overlayId, name, cidr, gateway, port, mtu, hosts: publicHosts(this) });
  }

  /** Whether it is an Overlay, of whichever copy of this package. */
  static override isInstance(value: unknown): value is Overlay {
    return isOfKind("Overlay", value);
  }
}

/** The inputs that check fills in: named here too, or they would be no outputs of the object. */
function absent(given: object): Record<string, undefined> {
  const names = ["port", "mtu", "namespace", "bridge", "device", "learning", "resolve", "storage"];
  names.push("trustedVteps", "allowUnknownVteps", "adopt", "deleteUnreachable", "timeouts");
  return Object.fromEntries(names.filter((name) => !(name in given)).map((name) => [name, undefined]));
}
