import type { VethObject, VxlanObject } from "../desired/object.js";
import { parseMark } from "../desired/mark.js";
import { rootNamespace, type ObservedLink } from "../observe/observed.js";
import { leftoverNamespaces } from "./namespaces.js";
import { hasVni, isOurs, overlayOfLink, type Scene, seenNamespace } from "./scene.js";
import { removeLink } from "./removal.js";
import { linkTaken, vniTaken } from "./words.js";

/**
 * Who has the VNI on the port already, in words. Devices share a UDP port with other VNIs; the same VNI and port exist once for all devices whose socket is in
 * one namespace (vxlan_dev_configure), and ours have it in the root namespace. A device of this overlay is no obstacle, it goes or is the very one.
 */
export function vniHolder(scene: Scene, object: VxlanObject): string | undefined {
  for (const [namespace, seen] of scene.input.observation) {
    if (typeof seen === "string") continue;
    const holder = seen.links.find(
      (link) =>
        hasVni(link, object) &&
        link.elsewhere === (namespace !== rootNamespace) &&
        !isThisOverlays(scene, namespace, link),
    );
    if (holder !== undefined) return vniTaken(object.vni, object.port, namespace, holder);
  }
  return undefined;
}

/** Who has the name of the container's interface, in words. What is ours there goes first; what may be adopted cannot be, since it leads elsewhere, and goes too. */
export function peerHolder(scene: Scene, object: VethObject): string | undefined {
  const { namespace, name } = object.peer;
  const link = seenNamespace(scene, namespace)?.links.find((candidate) => candidate.name === name);
  if (link === undefined || isOurs(scene, link)) return undefined;
  const adoptable = parseMark(link.alias) === undefined && link.kind === "veth";
  if (!adoptable || scene.input.adopt?.has(object.mark) !== true) return linkTaken(namespace, link, "veth");
  removeLink(scene, namespace, link, {
    frees: [object],
    drift: [`${namespace}: ${name} does not lead to ${object.namespace}`],
    fallback: object.mark,
  });
  return undefined;
}

/** By its mark; without one it is ours when it has our stamp and is in a namespace of ours, be it one that goes. */
function isThisOverlays(scene: Scene, namespace: string, link: ObservedLink): boolean {
  const ours = typeof scene.namespaces.get(namespace) === "object" || leftoverNamespaces(scene).has(namespace);
  return overlayOfLink(link) === scene.input.overlay || (ours && isOurs(scene, link));
}
