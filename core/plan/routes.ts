import type { RouteObject } from "../desired/object.js";
import { parseIp } from "../model/index.js";
import { stamp } from "../desired/stamp.js";
import type { ObservedRoute } from "../observe/observed.js";
import { byDevice, type Device, deviceKey, inWords, type Scene, seenNamespace, wasAccepted } from "./scene.js";

/**
 * Fifth stage: containers' default routes. The one without a metric is wanted and replaced, whoever set it, where a route is desired; where none is, only ours goes.
 */
export function planRoutes(scene: Scene): void {
  const desired = byDevice(scene.input.desired.filter((object) => object.kind === "route"));
  for (const [key, device] of scene.devices) {
    const wanted = desired.get(key)?.[0];
    if (device.state === "unseen" || device.state === "refused") continue;
    const seen = seenNamespace(scene, device.namespace)?.routes.find(({ metric }) => metric === 0);
    if (wanted !== undefined) ensure(scene, wanted, device, seen);
    else if (device.state !== "new") removeOurs(scene, device, seen);
  }
}

function ensure(scene: Scene, object: RouteObject, device: Device, seen: ObservedRoute | undefined): void {
  const { namespace, via, mark } = object;
  const isNew = device.state === "new";
  const present = seen?.via === via && seen.device === object.device;
  if (present && !isNew && !scene.routeless.has(deviceKey(namespace, object.device))) return;
  if (seen === undefined || present) {
    const drift = isNew || present ? [] : [inWords(scene, namespace, `default route via ${via} missing`)];
    scene.steps.push({ op: "add", object, mark, drift });
    return;
  }
  const found = [seen.via ?? "nothing", ...(seen.device === object.device ? [] : ["dev", seen.device ?? "none"])].join(
    " ",
  );
  scene.steps.push({
    op: "change",
    object,
    changes: [{ attribute: "via", namespace, device: object.device, want: via, found }],
    mark,
    drift: [inWords(scene, namespace, `default route via ${found}, want ${via}`)],
  });
}

function removeOurs(scene: Scene, device: Device, seen: ObservedRoute | undefined): void {
  if (seen?.via === undefined || seen.device !== device.name) return;
  const { namespace, name, mark } = device;
  const object = { kind: "route", namespace, device: name, via: parseIp(seen.via) } as const;
  if (seen.protocol !== stamp && !wasAccepted(scene, object)) return;
  scene.steps.push({
    op: "delete",
    object,
    frees: [],
    restores: [],
    mark,
    drift: [inWords(scene, namespace, `default route via ${seen.via} left over`)],
  });
}
