import {
  hostPart,
  InvalidValue,
  ipToNumber,
  macOfBridge,
  macOfVtep,
  parseInterfaceName,
  parseNamespaceName,
  prefixLength,
  type Cidr,
  type InterfaceName,
  type Ip,
} from "../model/index.js";
import { portFilter, vtepFilter } from "./filter.js";
import { markOf } from "./mark.js";
import type { KernelObject } from "./object.js";
import type { ContainerSpec, Desired, OverlaySpec, Owner, Spec } from "./spec.js";

/**
 * The kernel objects that one host has to hold for one overlay, given all its desired files; the overlay's file says which host this is.
 * Containers of other hosts and neighbour entries are records (`recordsOf`), and VTEPs that may send. Nothing without the overlay's own file, for
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
    return [...filters(desired, owner, overlay, containers), ...overlayObjects(owner, overlay), ...containers];
  }
  return [];
}

/**
 * The VTEPs whose packets an overlay takes on this host: everybody's who is known to be in it, but this host's own, which sends nothing to itself. Containers' too: while an
 * update is under way, one may still be at an address or on a host that the overlay has left.
 */
export function vtepsOf(overlay: OverlaySpec, specs: readonly Spec[]): Ip[] {
  const members = specs.flatMap((spec) => {
    const isElsewhere = spec.kind === "neigh" || (spec.kind === "container" && !isLocal(overlay, spec));
    return isElsewhere && spec.overlay === overlay.overlay ? [spec.vtep] : [];
  });
  const known = new Set([...Object.values(overlay.hosts), ...members, ...(overlay.trustedVteps ?? [])]);
  known.delete(localOf(overlay));
  return [...known].sort((one, other) => ipToNumber(one) - ipToNumber(other));
}

/** The overlay's tables of nftables: one before the device unless anybody is let in, one on the bridge when a container is guarded. */
function filters(
  desired: readonly Desired[],
  owner: Owner,
  overlay: OverlaySpec,
  containers: readonly KernelObject[],
): KernelObject[] {
  const mark = markOf(owner, overlay);
  const specs = desired.map(({ spec }) => spec);
  return [
    ...(overlay.allowUnknownVteps === true ? [] : [vtepFilter(overlay, mark, vtepsOf(overlay, specs))]),
    ...(containers.some(({ kind }) => kind === "guard") ? [portFilter(overlay.namespace, mark)] : []),
  ];
}

function localOf(spec: OverlaySpec): Ip {
  const local = spec.hosts[spec.host];
  if (local === undefined) throw new InvalidValue(spec.host, "one of the overlay's hosts");
  return local;
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
  const local = localOf(spec);
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
  const { ip, mac } = spec;
  const guard: KernelObject[] =
    spec.allowSpoofing === true ? [] : [{ kind: "guard", namespace: overlay.namespace, port: name, mac, ip, mark }];
  const objects: KernelObject[] = [
    { kind: "namespace", namespace, mark },
    ...guard,
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
