import type * as pulumi from "@pulumi/pulumi";
import { type OverlayRef, overlayInputs } from "./overlay-ref.js";
import type { Overlay, TimeoutsArgs } from "./overlay.js";
import { HostResource, isOfKind } from "./resource.js";

/** The inputs of a {@link NeighEntry}. */
export interface NeighEntryArgs {
  /** The overlay it belongs to: an Overlay of this program, or what another stack says of its own. */
  overlay: Overlay | pulumi.Input<OverlayRef>;
  /** The endpoint's address in the overlay. */
  ip: pulumi.Input<string>;
  /** The endpoint's MAC address. */
  mac: pulumi.Input<string>;
  /** Behind which VTEP it is: the name of one of the overlay's hosts, or an underlay address. */
  vtep: pulumi.Input<string>;
  /** Its name among the overlay's entries. Defaults to the resource's name. Changing it replaces. */
  name?: pulumi.Input<string>;
  /** The UDP port that the VTEP listens on. Only the overlay's own is possible; give it to have that checked. */
  port?: pulumi.Input<number>;
  /** The hosts that are told, by name. Defaults to all. */
  hosts?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether it may be deleted when no host that knows it answers. Defaults to false. */
  deleteUnreachable?: pulumi.Input<boolean>;
  /** Limits for hosts. */
  timeouts?: pulumi.Input<TimeoutsArgs>;
}

/**
 * An endpoint that something else takes care of: the hosts are told its MAC address and behind which VTEP it is, as `ip neigh add … dev vxlan1` and `bridge fdb replace … dev
 * vxlan1 dst …` would by hand.
 *
 * ```ts
 * new NeighEntry("printer", { overlay: net, ip: "7.7.7.9", mac: "02:42:c0:a8:00:09", vtep: "192.168.64.40" });
 * ```
 */
export class NeighEntry extends HostResource {
  /** The id of the overlay it belongs to. */
  declare readonly overlayId: pulumi.Output<string>;
  /** Its name among the overlay's entries. */
  declare readonly name: pulumi.Output<string>;
  /** The endpoint's address in the overlay. */
  declare readonly ip: pulumi.Output<string>;
  /** The endpoint's MAC address, in lower case with colons. */
  declare readonly mac: pulumi.Output<string>;
  /** Behind which VTEP it is: a host's name, or an underlay address. */
  declare readonly vtep: pulumi.Output<string>;
  /** The UDP port that the VTEP listens on, when it was given. */
  declare readonly port: pulumi.Output<number | undefined>;
  /** The names of the hosts that are told; absent when all are. */
  declare readonly hosts: pulumi.Output<string[] | undefined>;
  /** Whether it may be deleted when no host that knows it answers. */
  declare readonly deleteUnreachable: pulumi.Output<boolean>;
  /** Limits for hosts, as given. */
  declare readonly timeouts: pulumi.Output<pulumi.Unwrap<TimeoutsArgs> | undefined>;
  /** Hosts that could not be told of the last change, each with the reason; absent when there are none. The next `pulumi up` tells them. */
  declare readonly pending: pulumi.Output<Record<string, string> | undefined>;
  /** After a refresh: what is not as asked, by host, in words; absent when all is. The next `pulumi up` mends it. */
  declare readonly drift: pulumi.Output<Record<string, string> | undefined>;

  constructor(name: string, args: NeighEntryArgs, options?: pulumi.CustomResourceOptions) {
    const { overlay, ...given } = args;
    const filled = { port: undefined, hosts: undefined, deleteUnreachable: undefined, timeouts: undefined };
    const computed = { pending: undefined, drift: undefined, generation: undefined };
    const props = { ...filled, ...given, name: args.name ?? name, ...overlayInputs(overlay), ...computed };
    super("NeighEntry", name, props, options);
  }

  /** Whether it is a NeighEntry, of whichever copy of this package. */
  static override isInstance(value: unknown): value is NeighEntry {
    return isOfKind("NeighEntry", value);
  }
}
