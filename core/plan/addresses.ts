import type { AddressObject } from "../desired/object.js";
import { addressLabel } from "../desired/stamp.js";
import { inSameNetwork, type Ip, parseIp } from "../model/index.js";
import type { ObservedAddress, ObservedLink } from "../observe/observed.js";
import { byDevice, type Device, deviceKey, inWords, type Scene, wasAccepted } from "./scene.js";

/** Fourth stage: addresses. Those with our label, or accepted before, go when they are no longer desired. */
export function planAddresses(scene: Scene): void {
  const desired = byDevice(scene.input.desired.filter((object) => object.kind === "address"));
  for (const [key, device] of scene.devices) {
    const wanted = desired.get(key) ?? [];
    if (device.state === "new") for (const object of wanted) add(scene, object, []);
    else if (typeof device.state !== "string") planDevice(scene, device, device.state, wanted);
  }
}

function planDevice(scene: Scene, device: Device, link: ObservedLink, wanted: readonly AddressObject[]): void {
  const isWanted = (seen: ObservedAddress): boolean => wanted.some((object) => isSame(seen, object));
  const leftover = link.addresses.filter((seen) => !isWanted(seen) && isOurAddress(scene, device, seen));
  const kept = link.addresses.filter((seen) => !leftover.includes(seen));
  const missing = wanted.filter((object) => !link.addresses.some((seen) => isSame(seen, object)));
  // The second address of a network goes when the first one does: what is added after an old one went stays (net/ipv4/devinet.c).
  const freedBy = (seen: ObservedAddress): AddressObject[] =>
    seen.secondary ? [] : missing.filter((object) => shareNetwork(seen, object));
  const early = leftover.filter((seen) => freedBy(seen).length > 0);
  for (const seen of leftover) remove(scene, device, seen, freedBy(seen), kept);
  for (const object of missing) {
    const sentence = `${device.name} address ${object.ip}/${object.prefix} missing`;
    add(scene, object, [inWords(scene, device.namespace, sentence)]);
  }
  // fib_disable_ip in net/ipv4/fib_frontend.c
  const allGo = kept.every((seen) => seen.secondary && early.some((gone) => shareNetwork(gone, seen)));
  if (early.length > 0 && allGo) scene.routeless.add(deviceKey(device.namespace, device.name));
}

function add(scene: Scene, object: AddressObject, drift: readonly string[]): void {
  scene.steps.push({ op: "add", object, mark: object.mark, drift });
}

function remove(
  scene: Scene,
  device: Device,
  seen: ObservedAddress,
  frees: readonly AddressObject[],
  kept: readonly ObservedAddress[],
): void {
  const { namespace, name, mark } = device;
  const lost = seen.secondary ? [] : kept.filter((other) => other.secondary && shareNetwork(seen, other));
  scene.steps.push({
    op: "delete",
    object: { kind: "address", namespace, device: name, ip: parseIp(seen.ip), prefix: seen.prefix },
    frees,
    restores: lost.map(({ ip, prefix, label }) => ({ ip, prefix, label })),
    mark,
    drift: [inWords(scene, namespace, `${name} address ${seen.ip}/${seen.prefix} left over`)],
  });
}

function isOurAddress(scene: Scene, device: Device, seen: ObservedAddress): boolean {
  const { namespace, name } = device;
  const id = { kind: "address", namespace, device: name, ip: seen.ip as Ip, prefix: seen.prefix } as const;
  return (seen.label !== undefined && seen.label === addressLabel(name)) || wasAccepted(scene, id);
}

function isSame(seen: ObservedAddress, object: AddressObject): boolean {
  return seen.ip === object.ip && seen.prefix === object.prefix;
}

function shareNetwork(one: ObservedAddress | AddressObject, other: ObservedAddress | AddressObject): boolean {
  return one.prefix === other.prefix && inSameNetwork(parseIp(one.ip), parseIp(other.ip), one.prefix);
}
