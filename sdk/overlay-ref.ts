import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./connection.js";
import { hostLines } from "./host-lines.js";
import { withoutCredentials, withSecrets } from "./secrets.js";

/**
 * An overlay that another stack owns: what a StackReference hands over. It is what {@link Overlay} was given, and its id; without secrets, when the other stack takes credentials from
 * stack config or ssh-agent. Keys and passwords that a program adds to it are secrets.
 */
export interface OverlayRef {
  /** The Overlay's `overlayId`. */
  overlayId: pulumi.Input<string>;
  /** Its name on hosts. */
  name: pulumi.Input<string>;
  /** The network of the containers in CIDR notation. */
  cidr: pulumi.Input<string>;
  /** The address of the bridge in that network. */
  gateway: pulumi.Input<string>;
  /** The machines by name, as the Overlay has them; credentials may be left out. */
  hosts: pulumi.Input<Record<string, pulumi.Input<HostArgs>>>;
  /** The UDP port of the tunnel. Defaults to 4789. */
  port?: pulumi.Input<number> | undefined;
  /** The largest packet of the containers, in bytes. Defaults to 1450. */
  mtu?: pulumi.Input<number> | undefined;
}

/** What a member's inputs say of its overlay. */
export interface OverlayInputs {
  overlayId: pulumi.Input<string>;
  overlay: unknown;
}

/** An {@link OverlayRef} as an Overlay puts it out, without secrets: what an `export` and a StackReference can carry. */
export type OverlayRefOutput = pulumi.Output<
  Required<pulumi.Unwrap<Omit<OverlayRef, "port" | "mtu">>> & { port: number; mtu: number }
>;

type Part = Omit<OverlayRef, "overlayId" | "hosts"> & { hosts: unknown };

/** The programs' own arguments of each Overlay. Not its outputs: `hosts` taken from those becomes secret as a whole when it holds one secret, which hides every change in it. */
const given = new WeakMap<pulumi.CustomResource, Part>();

/** Keeps an Overlay's arguments for its members. */
export function remember(overlay: pulumi.CustomResource, part: Part): void {
  given.set(overlay, part);
}

/** What a Container or NeighEntry is told of the overlay it belongs to. */
export function overlayInputs(overlay: pulumi.CustomResource | pulumi.Input<OverlayRef>): OverlayInputs {
  if (pulumi.Output.isInstance(overlay) || overlay instanceof Promise) {
    const ref = pulumi.output<OverlayRef>(overlay);
    return {
      overlayId: ref.apply((known) => known.overlayId),
      overlay: ref.apply(({ overlayId: _id, hosts, ...part }) => partOf({ ...part, hosts: withSecrets(hosts) })),
    };
  }
  if (!pulumi.CustomResource.isInstance(overlay)) {
    const { overlayId, hosts, ...part } = overlay;
    return { overlayId, overlay: partOf({ ...part, hosts: withSecrets(hosts) }) };
  }
  const part = given.get(overlay);
  if (part === undefined) {
    throw new Error(
      "overlay: expected an Overlay made by this copy of the package overlaynet, or a plain object { overlayId, name, cidr, gateway, hosts }",
    );
  }
  // The id is the one input from the overlay's outputs: it makes the engine delete members before a replaced overlay and create them after it.
  return { overlayId: overlay.id, overlay: partOf(part) };
}

/** The hosts of an Overlay as other stacks may know them, who bring credentials of their own. What else is secret in them stays secret. */
export function publicHosts(overlay: pulumi.CustomResource): pulumi.Output<Record<string, pulumi.Unwrap<HostArgs>>> {
  return pulumi.output(withoutCredentials(given.get(overlay)?.hosts)) as pulumi.Output<
    Record<string, pulumi.Unwrap<HostArgs>>
  >;
}

function partOf({ name, cidr, gateway, hosts, port, mtu }: Part): unknown {
  return { name, cidr, gateway, ...hostLines(hosts), port, mtu };
}
