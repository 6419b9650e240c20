import {
  hostPart,
  InvalidValue,
  macOfBridge,
  macOfVtep,
  parseInterfaceName,
  parseNamespaceName,
  prefixLength,
  type Cidr,
  type InterfaceName,
  type Ip,
} from "../model/index.js";
import { markOf } from "./mark.js";
import type { KernelObject } from "./object.js";
import type { ContainerSpec, Desired, OverlaySpec, Owner } from "./spec.js";

/**
 * The kernel objects that one host has to hold for one overlay, given all its desired files; the overlay's file says which host this is.
 * Containers of other hosts and neighbour entries are records only (`recordsOf`). Nothing without the overlay's own file, for
 * a container has nothing to be attached to then.
 *
 * @throws InvalidValue when the overlay's host is not among its hosts
 */
export function objectsOf(desired: readonly Desired[]): KernelObject[] {
  for (const { owner, spec } of desired) {
    if (spec.kind !== "overlay") continue;
    const overlay = spec;
    const containers = desired.flatMap((file) =>
      file.spec.kind === "container" && isLocal(overlay, file.spec)
        ? containerObjects(overlay, file.owner, file.spec)
        : [],
    );
    return [...overlayObjects(owner, overlay), ...containers];
  }
  return [];
}

/**
 * Whether the container runs on the host that the overlay's spec was given to. By name alone: when a host's address changes, the overlay
 * is told first, and a container that still names the old address has to live on until it is told too.
 */
export function isLocal(overlay: OverlaySpec, container: ContainerSpec): boolean {
  return container.host === overlay.host;
}

/** The name of a container's link on the host: `vethO` and the host part of its address in decimal, ten digits at most, so it fits the 15 bytes of a name. */
export function portName(cidr: Cidr, ip: Ip): InterfaceName {
  return parseInterfaceName(`vethO${hostPart(cidr, ip)}`);
}

function overlayObjects(owner: Owner, spec: OverlaySpec): KernelObject[] {
  const local = spec.hosts[spec.host];
  if (local === undefined) throw new InvalidValue(spec.host, "one of the overlay's hosts");
  const { namespace, bridge, device, vni, port, mtu, learning } = spec;
  const mark = markOf(owner, spec);
  return [
    { kind: "namespace", namespace, mark },
    { kind: "bridge", namespace, name: bridge, mac: macOfBridge(vni), mtu, mark },
    {
      kind: "vxlan",
      namespace,
      name: device,
      master: bridge,
      vni,
      port,
      local,
      mac: macOfVtep(local),
      mtu,
      learning,
      mark,
    },
    { kind: "address", namespace, device: bridge, ip: spec.gateway, prefix: prefixLength(spec.cidr), mark },
  ];
}

function containerObjects(overlay: OverlaySpec, owner: Owner, spec: ContainerSpec): KernelObject[] {
  const namespace = parseNamespaceName(spec.name);
  const device = spec.interface;
  const name = portName(overlay.cidr, spec.ip);
  const mark = markOf(owner, spec);
  const objects: KernelObject[] = [
    { kind: "namespace", namespace, mark },
    {
      kind: "veth",
      namespace: overlay.namespace,
      name,
      master: overlay.bridge,
      mtu: overlay.mtu,
      peer: { namespace, name: device, mac: spec.mac, mtu: spec.mtu },
      mark,
    },
    { kind: "port-entry", namespace: overlay.namespace, device: name, mac: spec.mac, mark },
    { kind: "address", namespace, device, ip: spec.ip, prefix: prefixLength(overlay.cidr), mark },
  ];
  if (spec.gateway) objects.push({ kind: "route", namespace, device, via: overlay.gateway, mark });
  return objects;
}
