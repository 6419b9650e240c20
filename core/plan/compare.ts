import { keyOf, type LinkObject, type VethObject, type VxlanObject } from "../desired/object.js";
import type { ObservedLink } from "../observe/observed.js";
import { otherEnd, type Scene } from "./scene.js";
import type { Change } from "./step.js";

/** Why a device cannot become the desired one without being made anew; `undefined` when it can. */
export function mismatch(scene: Scene, object: LinkObject, link: ObservedLink): string | undefined {
  if (link.kind !== object.kind) return `${link.name} kind ${link.kind}, want ${object.kind}`;
  switch (object.kind) {
    case "bridge":
      return undefined;
    case "vxlan":
      return vxlanMismatch(object, link);
    case "veth":
      return vethMismatch(scene, object, link);
  }
}

/** What is not as desired and can be changed in place, on a device and, with a veth, on its other end. */
export function changesOf(scene: Scene, object: LinkObject, link: ObservedLink): Change[] {
  const own = { ...object, device: object.name };
  switch (object.kind) {
    case "bridge":
      return [...common(own, link), ...attribute(own, "mac", object.mac, link.mac)];
    case "vxlan":
      return [
        ...common(own, link),
        ...attribute(own, "mac", object.mac, link.mac),
        ...attribute(own, "master", object.master, link.master),
        ...attribute(own, "learning", object.learning, link.vxlan?.learning),
        ...attribute(own, "local", object.local, link.vxlan?.local),
      ];
    case "veth": {
      const changes = [...common(own, link), ...attribute(own, "master", object.master, link.master)];
      const end = otherEnd(scene, object.namespace, link)?.link;
      if (end === undefined || end === "unseen") return changes;
      const peer = { ...object.peer, mark: object.mark, device: object.peer.name };
      return [...changes, ...common(peer, end), ...attribute(peer, "mac", object.peer.mac, end.mac)];
    }
  }
}

interface Place {
  readonly namespace: string;
  readonly device: string;
}

function common(want: Place & { readonly mark: string; readonly mtu: number }, link: ObservedLink): Change[] {
  return [
    ...attribute(want, "alias", want.mark, link.alias),
    ...attribute(want, "mtu", want.mtu, link.mtu),
    ...attribute(want, "up", true, link.up),
  ];
}

function attribute(
  { namespace, device }: Place,
  name: Change["attribute"],
  want: Change["want"],
  found: Change["found"],
): Change[] {
  return want === found ? [] : [{ attribute: name, namespace, device, want, found }];
}

/** What the kernel refuses to change (vxlan_changelink in drivers/net/vxlan/vxlan_core.c), and where the UDP socket is. */
function vxlanMismatch(object: VxlanObject, link: ObservedLink): string | undefined {
  const { vxlan, name } = link;
  if (vxlan === undefined) return `${name} without VXLAN data`;
  if (vxlan.vni !== object.vni) return `${name} vni ${vxlan.vni}, want ${object.vni}`;
  if (vxlan.port !== object.port) return `${name} port ${vxlan.port}, want ${object.port}`;
  for (const flag of ["proxy", "l2miss", "l3miss"] as const) if (!vxlan[flag]) return `${name} ${flag} off, want on`;
  if (!link.elsewhere) return `${name} has its UDP socket in namespace ${object.namespace}, where no underlay is`;
  return undefined;
}

function vethMismatch(scene: Scene, object: VethObject, link: ObservedLink): string | undefined {
  const end = otherEnd(scene, object.namespace, link);
  const { namespace, name } = object.peer;
  if (end?.namespace !== namespace) return `${keyOf(object)} does not lead to namespace ${namespace}`;
  if (end.link === "unseen" || end.link.name === name) return undefined;
  return `${namespace}: ${end.link.name} instead of ${name}`;
}
