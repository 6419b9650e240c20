import { OverlaySpec } from "@overlaynet/core";
import { addressesOf, type Host } from "../hosts.js";
import type { OverlayInputs } from "../input/overlay.js";

/** Every input, in the order in which messages and documentation list them. */
export const overlayFields = [
  "name",
  "vni",
  "cidr",
  "gateway",
  "hosts",
  "port",
  "mtu",
  "namespace",
  "bridge",
  "device",
  "learning",
  "resolve",
  "storage",
  "trustedVteps",
  "allowUnknownVteps",
  "adopt",
  "deleteUnreachable",
  "timeouts",
  "owner",
] as const;

/** What a live VXLAN device, or what is named after it, cannot change (drivers/net/vxlan/vxlan_core.c, vxlan_nl2conf). */
export const identity = ["name", "vni", "port", "namespace", "bridge", "device"];

/** What hosts call it. */
export function targetOf(inputs: OverlayInputs): { kind: "overlay"; overlay: string } {
  return { kind: "overlay", overlay: inputs.name };
}

/** What one host is asked to know. A host that leaves still knows itself, for the containers that are on it. */
export function specOf(id: string, inputs: OverlayInputs, host: Host, leaving: boolean): OverlaySpec {
  const { name, vni, cidr, gateway, port, mtu, namespace, bridge, device, learning, resolve, storage } = inputs;
  const network = { vni, cidr, gateway, port, mtu, namespace, bridge, device, learning, resolve, storage };
  const { trustedVteps = [], allowUnknownVteps } = inputs;
  // What an earlier agent does not know is told only where it matters.
  const senders = {
    ...(trustedVteps.length > 0 ? { trustedVteps } : {}),
    ...(allowUnknownVteps === true ? { allowUnknownVteps } : {}),
  };
  const hosts = { ...addressesOf(inputs.hosts), [host.name]: host.address };
  return OverlaySpec.parse({
    kind: "overlay",
    overlay: name,
    overlayId: id,
    host: host.name,
    hosts,
    ...network,
    ...senders,
    leaving,
  });
}
