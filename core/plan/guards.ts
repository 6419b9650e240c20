import { guardElements } from "../desired/filter.js";
import { parseMark } from "../desired/mark.js";
import type { FilterObject, GuardElementId, Mark } from "../desired/object.js";
import type { ObservedTable } from "../observe/table.js";
import { deviceKey, isSpared, type Scene, seenNamespace } from "./scene.js";

/**
 * What lets containers' ports send: added before a port is made or changes, taken back after.
 *
 * @param held what is in the filter's sets
 */
export function planGuards(scene: Scene, filter: FilterObject, held: ObservedTable["sets"]): void {
  const { namespace } = filter;
  const isHeld = (set: string, element: string): boolean => held.get(set)?.elements.includes(element) === true;
  const wanted = new Set<string>();
  for (const object of scene.input.desired) {
    if (object.kind !== "guard" || object.namespace !== namespace) continue;
    const elements = guardElements(object);
    for (const { set, element } of elements) wanted.add(`${set} ${element}`);
    if (elements.every(({ set, element }) => isHeld(set, element))) continue;
    const state = scene.devices.get(deviceKey(namespace, object.port))?.state;
    if (state === undefined || state === "refused" || state === "unseen") continue;
    // Of a port that is made, and of a table that is, that is said already.
    const drift =
      state !== "new" && state.name === object.port && held.size > 0
        ? [`${object.port} not guarded as it should be`]
        : [];
    scene.steps.push({ op: "add", object, mark: object.mark, drift });
  }
  for (const set of ["ports", "senders"]) {
    for (const element of held.get(set)?.elements ?? []) {
      if (!wanted.has(`${set} ${element}`)) takeBack(scene, filter, { kind: "guard-element", namespace, set, element });
    }
  }
}

function takeBack(scene: Scene, filter: FilterObject, object: GuardElementId): void {
  const [port] = object.element.split(" . ");
  const alias = seenNamespace(scene, object.namespace)?.links.find(({ name }) => name === port)?.alias;
  if (isSpared(scene, alias)) return;
  const mark = parseMark(alias)?.overlay === scene.input.overlay ? (alias as Mark) : filter.mark;
  const drift = [`nft table ${filter.table}: ${object.element} left over in ${object.set}`];
  scene.steps.push({ op: "delete", object, frees: [], restores: [], mark, drift });
}
