import { parseMark } from "../desired/mark.js";
import type { KernelObject, Mark, NamespaceObject } from "../desired/object.js";
import { parseNamespaceName } from "../model/index.js";
import type { ObservedLink, ObservedNamespace } from "../observe/observed.js";
import { rootNamespace } from "../observe/observed.js";
import { isSpared, refuse, wasAccepted, type Scene } from "./scene.js";
import type { Change } from "./step.js";
import { changeInWords, namespaceDead, namespaceTaken, ownerInWords, twiceAsked } from "./words.js";

const nothing: ObservedNamespace = { links: [], routes: [], portEntries: [] };

/** First stage: which namespaces are to be made, marked, or belong to others. */
export function planNamespaces(scene: Scene): void {
  for (const object of scene.input.desired) {
    if (object.kind === "namespace") planNamespace(scene, object);
  }
}

/** Last stage: what is marked for this overlay and no longer desired goes, with all that is in it. */
export function removeNamespaces(scene: Scene): void {
  for (const [name, { alias }] of leftoverNamespaces(scene)) {
    scene.steps.push({
      op: "delete",
      object: { kind: "namespace", namespace: parseNamespaceName(name) },
      frees: [],
      restores: [],
      mark: alias,
      drift: [`namespace ${name} of ${ownerInWords(alias)} left over`],
    });
  }
}

/** Namespaces of this overlay that are not desired, with what they hold, by name whatever the order they were looked at in. */
export function leftoverNamespaces(scene: Scene): ReadonlyMap<string, { alias: Mark; seen: ObservedNamespace }> {
  const leftover = new Map<string, { alias: Mark; seen: ObservedNamespace }>();
  const observed = [...scene.input.observation].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [name, seen] of observed) {
    if (seen === "absent" || name === rootNamespace || scene.namespaces.has(name)) continue;
    if (seen === "dead") {
      const gone = scene.input.previous.find((object) => object.kind === "namespace" && object.namespace === name);
      if (gone !== undefined) leftover.set(name, { alias: gone.mark, seen: nothing });
      continue;
    }
    const alias = aliasOf(seen);
    if (isSpared(scene, alias)) continue;
    if (parseMark(alias)?.overlay === scene.input.overlay) leftover.set(name, { alias: alias as Mark, seen });
    else if (alias === undefined) {
      const previous = scene.input.previous.find((object) => object.kind === "namespace" && object.namespace === name);
      if (previous !== undefined && holdsOnly(seen, scene.input.previous, name)) {
        leftover.set(name, { alias: previous.mark, seen });
      }
    }
  }
  return leftover;
}

function planNamespace(scene: Scene, object: NamespaceObject): void {
  const name = object.namespace;
  if (scene.namespaces.has(name)) {
    const first = scene.input.desired.find((one) => one.kind === "namespace" && one.namespace === name);
    refuse(scene, object, twiceAsked(`namespace ${name}`, (first ?? object).mark, object.mark));
    return;
  }
  const seen = scene.input.observation.get(name) ?? "unseen";
  scene.namespaces.set(name, seen === "dead" ? "absent" : seen);
  if (seen === "unseen") return;
  if (seen === "absent") {
    scene.steps.push({ op: "add", object, mark: object.mark, drift: [`namespace ${name} missing`] });
    return;
  }
  if (seen === "dead") {
    planDead(scene, object);
    return;
  }
  const lo = seen.links.find(isLoopback);
  if (!mayHave(scene, object, seen)) {
    scene.namespaces.set(name, "refused");
    refuse(scene, object, namespaceTaken(name, lo?.alias));
    return;
  }
  const changes: Change[] = [];
  const common = { namespace: name, device: "lo" };
  if (lo?.alias !== object.mark) changes.push({ ...common, attribute: "alias", want: object.mark, found: lo?.alias });
  if (lo?.up !== true) changes.push({ ...common, attribute: "up", want: true, found: false });
  if (changes.length === 0) return;
  const drift = changes.map((change) =>
    change.attribute === "alias" ? `namespace ${name} not marked as ours` : `${name}: ${changeInWords(change)}`,
  );
  scene.steps.push({ op: "change", object, changes, mark: object.mark, drift });
}

/** A dead name that stands for what was accepted before is cleared away; any other may be the trace of somebody's namespace in another mount namespace. */
function planDead(scene: Scene, object: NamespaceObject): void {
  const { namespace, mark } = object;
  if (!wasAccepted(scene, object) && scene.input.adopt?.has(mark) !== true) {
    scene.namespaces.set(namespace, "refused");
    refuse(scene, object, namespaceDead(namespace));
    return;
  }
  const drift = [`namespace ${namespace} missing, its name leads nowhere`];
  scene.steps.push({
    op: "delete",
    object: { kind: "namespace", namespace },
    frees: [object],
    restores: [],
    mark,
    drift,
  });
  scene.steps.push({ op: "add", object, mark, drift: [] });
}

/**
 * Ours by its mark; or nobody's, and allowed to be adopted; or nobody's, accepted before, and holding nothing but what we put there: a making that was interrupted
 * between the namespace and its mark.
 */
function mayHave(scene: Scene, object: NamespaceObject, seen: ObservedNamespace): boolean {
  const alias = aliasOf(seen);
  const mark = parseMark(alias);
  if (mark !== undefined) return mark.overlay === scene.input.overlay;
  if (scene.input.adopt?.has(object.mark) === true) return true;
  if (alias !== undefined || !wasAccepted(scene, object)) return false;
  return holdsOnly(seen, [...scene.input.previous, ...scene.input.desired], object.namespace);
}

function holdsOnly(seen: ObservedNamespace, objects: readonly KernelObject[], namespace: string): boolean {
  const names = new Set(fallbackTunnels);
  for (const object of objects) {
    if ("name" in object && object.namespace === namespace) names.add(object.name);
    if (object.kind === "veth" && object.peer.namespace === namespace) names.add(object.peer.name);
  }
  return seen.links.every((link) => isLoopback(link) || names.has(link.name));
}

function aliasOf(seen: ObservedNamespace): string | undefined {
  return seen.links.find(isLoopback)?.alias;
}

/** What the kernel itself puts into every new namespace once the modules are loaded (net.core.fb_tunnels_only_for_init_net 0). */
const fallbackTunnels: readonly string[] = "tunl0 sit0 ip6tnl0 gre0 gretap0 erspan0 ip6gre0 ip_vti0 ip6_vti0".split(
  " ",
);

function isLoopback(link: ObservedLink): boolean {
  return link.name === "lo";
}
