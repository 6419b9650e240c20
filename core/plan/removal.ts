import { parseMark } from "../desired/mark.js";
import type { KernelObject, LinkId, Mark } from "../desired/object.js";
import { parseInterfaceName, parseNamespaceName } from "../model/index.js";
import type { ObservedLink } from "../observe/observed.js";
import { leftoverNamespaces } from "./namespaces.js";
import { deviceKey, hasVni, inWords, isOurs, isSpared, otherEnd, peerKey, type Scene, settle } from "./scene.js";
import { ownerInWords } from "./words.js";

/** Third stage: devices of this overlay that stand for nothing desired. In namespaces that go, only VXLAN devices: the rest goes along (reference: a namespace is torn down asynchronously, and its VNI is taken until then). */
export function removeLinks(scene: Scene): void {
  for (const [namespace, state] of scene.namespaces) {
    if (typeof state === "string") continue;
    const fallback = scene.input.desired.find(
      (object) => object.kind === "namespace" && object.namespace === namespace,
    );
    for (const link of state.links) {
      if (link.name === "lo" || scene.settled.has(deviceKey(namespace, link.name)) || !isOurs(scene, link)) continue;
      if (isSpared(scene, link.alias)) continue;
      removeLeftover(scene, namespace, link, fallback?.mark);
    }
  }
  for (const [namespace, { alias, seen }] of leftoverNamespaces(scene)) {
    for (const link of seen.links) {
      if (link.vxlan !== undefined && isOurs(scene, link)) removeLeftover(scene, namespace, link, alias);
    }
  }
}

/** Plans that a device goes, and with a veth its other end. */
export function removeLink(
  scene: Scene,
  namespace: string,
  link: ObservedLink,
  how: { readonly frees: readonly KernelObject[]; readonly drift: readonly string[]; readonly fallback: Mark },
): void {
  settle(scene, namespace, link);
  const object: LinkId = {
    kind: link.kind === "bridge" || link.kind === "vxlan" ? link.kind : "veth",
    namespace: parseNamespaceName(namespace),
    name: parseInterfaceName(link.name),
  };
  const mark = parseMark(link.alias) === undefined ? how.fallback : (link.alias as Mark);
  scene.steps.push({ op: "delete", object, frees: how.frees, restores: [], mark, drift: how.drift });
}

function removeLeftover(scene: Scene, namespace: string, link: ObservedLink, fallback: Mark | undefined): void {
  const mark = parseMark(link.alias) === undefined ? fallback : (link.alias as Mark);
  if (mark === undefined) return;
  const drift = [inWords(scene, namespace, `${link.name} of ${ownerInWords(mark)} left over`)];
  removeLink(scene, namespace, link, { frees: hindered(scene, namespace, link), drift, fallback: mark });
}

/** What is made in this plan and wants what the device has: its VNI, or the name of the container's end. */
function hindered(scene: Scene, namespace: string, link: ObservedLink): KernelObject[] {
  const end = otherEnd(scene, namespace, link);
  const ends = [deviceKey(namespace, link.name)];
  if (end !== undefined && end.link !== "unseen") ends.push(deviceKey(end.namespace, end.link.name));
  return scene.steps.flatMap(({ op, object }): KernelObject[] => {
    if (op !== "add") return [];
    if (object.kind === "vxlan") return hasVni(link, object) ? [object] : [];
    return object.kind === "veth" && ends.includes(peerKey(object)) ? [object] : [];
  });
}
