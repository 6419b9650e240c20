import type { LinkObject, VethObject } from "../desired/object.js";
import type { ObservedLink } from "../observe/observed.js";
import { parseMark } from "../desired/mark.js";
import { changesOf, mismatch } from "./compare.js";
import { peerHolder, vniHolder } from "./holders.js";
import {
  type DeviceState,
  deviceKey,
  inWords,
  isOurs,
  otherEnd,
  peerKey,
  refuse,
  type Scene,
  seenNamespace,
  settle,
} from "./scene.js";
import type { Change } from "./step.js";
import { removeLink } from "./removal.js";
import { changeInWords, linkTaken, twiceAsked } from "./words.js";

/** Second stage: the devices; bridges before what is attached to them. */
export function planLinks(scene: Scene): void {
  for (const kind of ["bridge", "vxlan", "veth"] as const) {
    for (const object of scene.input.desired) {
      if (object.kind === kind) planLink(scene, object);
    }
  }
}

/** What becomes of the device that has the desired name. */
type Verdict =
  /** It is the one; the changes put it right. */
  | { readonly kind: "keep"; readonly link: ObservedLink; readonly changes: readonly Change[] }
  /** It is made, after what has its name and cannot be changed is gone. */
  | { readonly kind: "make"; readonly inTheWay?: { readonly link: ObservedLink; readonly because: string } }
  | { readonly kind: "unseen" }
  | { readonly kind: "refused"; readonly message: string };

function planLink(scene: Scene, object: LinkObject): void {
  const { namespace, name, mark } = object;
  const other = scene.devices.get(deviceKey(namespace, name));
  if (other !== undefined) {
    refuse(scene, object, twiceAsked(`${name} in namespace ${namespace}`, other.mark, mark));
    return;
  }
  const verdict = judge(scene, object);
  scene.devices.set(deviceKey(namespace, name), { namespace, name, mark, state: stateOf(verdict) });
  if (object.kind === "veth") {
    const { peer } = object;
    const state = peerStateOf(scene, object, verdict);
    scene.devices.set(peerKey(object), { namespace: peer.namespace, name: peer.name, mark, state });
  }
  switch (verdict.kind) {
    case "unseen":
      leaveAlone(scene, object);
      return;
    case "refused":
      leaveAlone(scene, object);
      refuse(scene, object, verdict.message);
      return;
    case "keep":
      keep(scene, object, verdict.link, verdict.changes);
      return;
    case "make":
      make(scene, object, verdict.inTheWay);
  }
}

function judge(scene: Scene, object: LinkObject): Verdict {
  const refused = refusalOfNeeded(scene, object);
  if (refused !== undefined) return { kind: "refused", message: refused };
  if (scene.namespaces.get(object.namespace) === "unseen") return { kind: "unseen" };
  const link = seenNamespace(scene, object.namespace)?.links.find(({ name }) => name === object.name);
  if (link !== undefined) {
    if (!mayTake(scene, object, link)) {
      return { kind: "refused", message: linkTaken(object.namespace, link, object.kind) };
    }
    if (mismatch(scene, object, link) === undefined) {
      return { kind: "keep", link, changes: changesOf(scene, object, link) };
    }
  }
  const former = link === undefined && object.kind === "veth" ? formerPort(scene, object) : undefined;
  if (former !== undefined) {
    const { namespace, name } = object;
    const change = { attribute: "name", namespace, device: former.name, want: name, found: former.name } as const;
    const rename = { ...change, down: scene.input.renamesLive !== true };
    return { kind: "keep", link: former, changes: [rename, ...changesOf(scene, object, former)] };
  }
  const holder =
    object.kind === "vxlan" ? vniHolder(scene, object) : object.kind === "veth" ? peerHolder(scene, object) : undefined;
  if (holder !== undefined) return { kind: "refused", message: holder };
  const because = link === undefined ? undefined : mismatch(scene, object, link);
  return link === undefined || because === undefined ? { kind: "make" } : { kind: "make", inTheWay: { link, because } };
}

/**
 * The very port under another name, because the container's address or the network's size was another: it is renamed, and nothing that talks over it notices. Not when another container is to have that
 * name: two that swap cannot both be renamed first.
 */
function formerPort(scene: Scene, object: VethObject): ObservedLink | undefined {
  const { namespace } = object;
  const isWanted = (name: string): boolean =>
    scene.input.desired.some((one) => one.kind === "veth" && one.namespace === namespace && one.name === name);
  return seenNamespace(scene, namespace)?.links.find(
    (link) => link.alias === object.mark && mismatch(scene, object, link) === undefined && !isWanted(link.name),
  );
}

/** Ours; or nobody's and of the right kind, when its owner allows to adopt. */
function mayTake(scene: Scene, object: LinkObject, link: ObservedLink): boolean {
  if (isOurs(scene, link)) return true;
  const nobodys = parseMark(link.alias) === undefined && link.kind === object.kind;
  return nobodys && scene.input.adopt?.has(object.mark) === true;
}

/** Why something that the device cannot be without is refused, a namespace or the bridge. */
function refusalOfNeeded(scene: Scene, object: LinkObject): string | undefined {
  const { namespace } = object;
  const needed = scene.conflicts.find(({ mark, object: other }) => {
    if (other.kind === "namespace") {
      const places = object.kind === "veth" ? [namespace, object.peer.namespace] : [namespace];
      const lacking = scene.namespaces.get(other.namespace) === "refused" || mark === object.mark;
      return lacking && places.includes(other.namespace);
    }
    const isMaster = other.kind === "bridge" && other.namespace === namespace && object.kind !== "bridge";
    return isMaster && other.name === object.master;
  });
  return needed?.message;
}

function keep(scene: Scene, object: LinkObject, link: ObservedLink, changes: readonly Change[]): void {
  settle(scene, object.namespace, link);
  if (changes.some(({ attribute }) => attribute === "master")) {
    scene.reattached.add(deviceKey(object.namespace, object.name));
  }
  if (changes.length === 0) return;
  const drift = changes.map((change) => inWords(scene, change.namespace, changeInWords(change)));
  scene.steps.push({ op: "change", object, changes, mark: object.mark, drift });
}

function make(scene: Scene, object: LinkObject, inTheWay?: { link: ObservedLink; because: string }): void {
  if (inTheWay !== undefined) {
    const drift = [inTheWay.because];
    removeLink(scene, object.namespace, inTheWay.link, { frees: [object], drift, fallback: object.mark });
  }
  const namespaceSaysIt = scene.steps.some(
    (step) => step.op === "add" && step.object.kind === "namespace" && step.mark === object.mark,
  );
  const drift = inTheWay !== undefined || namespaceSaysIt ? [] : [`${object.name} missing`];
  scene.steps.push({ op: "add", object, mark: object.mark, drift });
}

/** What has the names now may be ours, and must not go as a leftover. */
function leaveAlone(scene: Scene, object: LinkObject): void {
  scene.settled.add(deviceKey(object.namespace, object.name));
  if (object.kind === "veth") scene.settled.add(peerKey(object));
}

function stateOf(verdict: Verdict): DeviceState {
  return verdict.kind === "keep" ? verdict.link : verdict.kind === "make" ? "new" : verdict.kind;
}

function peerStateOf(scene: Scene, object: VethObject, verdict: Verdict): DeviceState {
  if (verdict.kind === "keep") return otherEnd(scene, object.namespace, verdict.link)?.link ?? "unseen";
  if (verdict.kind !== "unseen") return stateOf(verdict);
  // The host's end was not looked at; what the container's namespace shows is still judged.
  const seen = seenNamespace(scene, object.peer.namespace);
  return seen?.links.find((link) => link.name === object.peer.name && isOurs(scene, link)) ?? "unseen";
}
