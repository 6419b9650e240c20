import type { PortEntryObject, VethObject } from "../desired/object.js";
import type { InterfaceName, Mac } from "../model/index.js";
import { deviceKey, inWords, refuse, type Scene, seenNamespace, wasAccepted } from "./scene.js";
import { twiceAsked } from "./words.js";

/** Sixth stage: the bridge's static entries for containers' addresses. */
export function planPortEntries(scene: Scene): void {
  const desired = scene.input.desired.filter((object) => object.kind === "port-entry");
  const byMac = new Map<string, PortEntryObject>();
  for (const object of desired) {
    const key = `${object.namespace} ${object.mac}`;
    const other = byMac.get(key);
    if (other === undefined) ensure(scene, object);
    else refuse(scene, object, twiceAsked(`MAC address ${object.mac}`, other.mark, object.mark));
    byMac.set(key, other ?? object);
  }
  for (const object of scene.input.desired) if (object.kind === "veth") removeOld(scene, object, desired);
}

function ensure(scene: Scene, object: PortEntryObject): void {
  const { namespace, device, mac, mark } = object;
  const key = deviceKey(namespace, device);
  const state = scene.devices.get(key)?.state;
  if (state === undefined || state === "unseen" || state === "refused") return;
  const entries = seenNamespace(scene, namespace)?.portEntries ?? [];
  const seenAs = state === "new" ? device : state.name;
  const present = entries.some((entry) => entry.mac === mac && entry.device === seenAs && entry.sticky);
  const dropped = state === "new" || scene.reattached.has(key);
  if (present && !dropped) return;
  const drift = dropped ? [] : [inWords(scene, namespace, `sticky entry of ${mac} on ${device} missing`)];
  scene.steps.push({ op: "add", object, mark, drift });
}

/** On a container's port, entries that are no longer wanted: sticky as we make them, or accepted before. Others are somebody's. */
function removeOld(scene: Scene, veth: VethObject, desired: readonly PortEntryObject[]): void {
  const { namespace, name: device, mark } = veth;
  const key = deviceKey(namespace, device);
  const state = scene.devices.get(key)?.state;
  if (state === undefined || typeof state === "string" || scene.reattached.has(key)) return;
  for (const entry of seenNamespace(scene, namespace)?.portEntries ?? []) {
    // A port that is renamed takes its entries along.
    if (entry.device !== state.name) continue;
    if (desired.some((object) => object.namespace === namespace && object.mac === entry.mac)) continue;
    const object = { kind: "port-entry", namespace, device, mac: entry.mac as Mac } as const;
    if (!entry.sticky && !wasAccepted(scene, { ...object, device: entry.device as InterfaceName })) continue;
    const drift = [inWords(scene, namespace, `sticky entry of ${entry.mac} on ${device} left over`)];
    scene.steps.push({ op: "delete", object, frees: [], restores: [], mark, drift });
  }
}
