import type * as pulumi from "@pulumi/pulumi";
import { type OverlayRef, overlayInputs } from "./overlay-ref.js";
import type { Overlay, TimeoutsArgs } from "./overlay.js";
import { HostResource, isOfKind } from "./resource.js";

/** The inputs of a {@link Container}. */
export interface ContainerArgs {
  /** The overlay it belongs to: an Overlay of this program, or what another stack says of its own. */
  overlay: Overlay | pulumi.Input<OverlayRef>;
  /** The name of the host it is on. Changing it moves the container: it is ready there before peers are told, and gone here after. */
  host: pulumi.Input<string>;
  /** Its address in the overlay. */
  ip: pulumi.Input<string>;
  /** Its name, and its network namespace's. Defaults to the resource's name. Changing it replaces. */
  name?: pulumi.Input<string>;
  /** Its MAC address. Defaults to 02:42 and the address's four bytes. */
  mac?: pulumi.Input<string>;
  /** The largest packet of its interface, in bytes. Defaults to the overlay's. */
  mtu?: pulumi.Input<number>;
  /** The name of its interface, inside its namespace. Defaults to "eth0". Changing it replaces. */
  interface?: pulumi.Input<string>;
  /** Whether it gets a default route by the overlay's gateway. Defaults to false. */
  gateway?: pulumi.Input<boolean>;
  /** Whether it may send with addresses other than its own, as a router does. Defaults to false: such frames are dropped at its port. */
  allowSpoofing?: pulumi.Input<boolean>;
  /** Whether to take over a namespace of its name that belongs to nobody. Defaults to false: it is refused. */
  adopt?: pulumi.Input<boolean>;
  /** Whether it may be deleted when its host does not answer. Defaults to false. */
  deleteUnreachable?: pulumi.Input<boolean>;
  /** Limits for hosts. */
  timeouts?: pulumi.Input<TimeoutsArgs>;
}

/**
 * A network namespace on one host with an interface in the overlay, known to all the overlay's hosts.
 *
 * ```ts
 * new Container("red", { overlay: net, host: "a", ip: "7.7.7.2" });
 * ```
 */
export class Container extends HostResource {
  /** The id of the overlay it belongs to. */
  declare readonly overlayId: pulumi.Output<string>;
  /** Its name, and its network namespace's. */
  declare readonly name: pulumi.Output<string>;
  /** The name of the host it is on. */
  declare readonly host: pulumi.Output<string>;
  /** Its address in the overlay. */
  declare readonly ip: pulumi.Output<string>;
  /** Its MAC address, in lower case with colons. */
  declare readonly mac: pulumi.Output<string>;
  /** The largest packet of its interface, in bytes. */
  declare readonly mtu: pulumi.Output<number>;
  /** The name of its interface, inside its namespace. */
  declare readonly interface: pulumi.Output<string>;
  /** Whether it has a default route by the overlay's gateway. */
  declare readonly gateway: pulumi.Output<boolean>;
  /** Whether it may send with addresses other than its own, when it was given. */
  declare readonly allowSpoofing: pulumi.Output<boolean | undefined>;
  /** Whether a namespace of its name that belongs to nobody is taken over. */
  declare readonly adopt: pulumi.Output<boolean>;
  /** Whether it may be deleted when its host does not answer. */
  declare readonly deleteUnreachable: pulumi.Output<boolean>;
  /** Limits for hosts, as given. */
  declare readonly timeouts: pulumi.Output<pulumi.Unwrap<TimeoutsArgs> | undefined>;
  /** Its network namespace on its host: what `ip netns`, `nsenter --net=` and container runtimes take. */
  declare readonly netnsPath: pulumi.Output<string>;
  /** The host's end of its link, in the overlay's namespace. */
  declare readonly vethName: pulumi.Output<string>;
  /** Hosts that could not be told of the last change, each with the reason; absent when there are none. The next `pulumi up` tells them. */
  declare readonly pending: pulumi.Output<Record<string, string> | undefined>;
  /** After a refresh: what is not as asked, by host, in words; absent when all is. The next `pulumi up` mends it. */
  declare readonly drift: pulumi.Output<Record<string, string> | undefined>;

  constructor(name: string, args: ContainerArgs, options?: pulumi.CustomResourceOptions) {
    const { overlay, ...given } = args;
    const filled = { mac: undefined, mtu: undefined, interface: undefined, gateway: undefined };
    const choices = { allowSpoofing: undefined, adopt: undefined, deleteUnreachable: undefined, timeouts: undefined };
    const computed = {
      netnsPath: undefined,
      vethName: undefined,
      pending: undefined,
      drift: undefined,
      generation: undefined,
    };
    const props = { ...filled, ...choices, ...given, name: args.name ?? name, ...overlayInputs(overlay), ...computed };
    super("Container", name, props, options);
  }

  /** Whether it is a Container, of whichever copy of this package. */
  static override isInstance(value: unknown): value is Container {
    return isOfKind("Container", value);
  }
}
