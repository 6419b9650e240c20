import { parseMark } from "../desired/mark.js";
import {
  keyOf,
  type KernelObject,
  type Mark,
  type ObjectId,
  type VethObject,
  type VxlanObject,
} from "../desired/object.js";
import { stamp } from "../desired/stamp.js";
import type { InterfaceName, NamespaceName } from "../model/index.js";
import type { Observation, ObservedLink, ObservedNamespace } from "../observe/observed.js";
import type { Tables } from "../observe/table.js";
import type { Conflict, Step } from "./step.js";

/** What a plan is made from. */
export interface PlanInput {
  /** The overlay's name: marks that carry it are this plan's to judge, all others are someone else's. */
  readonly overlay: string;
  /** All that the host has to hold for the overlay. */
  readonly desired: readonly KernelObject[];
  /**
   * All that the host had accepted before: what carries no mark of its own (addresses with too long a label, port entries, a namespace whose making was
   * interrupted) is known from here to be ours. The same as `desired` when nothing new is asked.
   */
  readonly previous: readonly KernelObject[];
  readonly observation: Observation;
  /** The overlay's tables of nftables: of the root namespace, and of its own. No entry: not looked at. */
  readonly tables?: Tables;
  /** Whose objects may take over what belongs to nobody. */
  readonly adopt?: ReadonlySet<Mark>;
  /** Whether the kernel renames a device that is up, as Linux does since 6.2 (dev_change_name in net/core/dev.c). */
  readonly renamesLive?: boolean;
  /** Names of the overlay's containers whose desired state cannot be read: nobody knows what they should hold, so what carries their mark stays as it is. */
  readonly spared?: ReadonlySet<string>;
}

/**
 * What is known of a namespace when its insides are planned.
 * - `unseen`: not looked at; believed to be as desired
 * - `absent`: not there, or about to be made
 * - `refused`: somebody else's
 * - otherwise what it holds
 */
export type NamespaceState = "unseen" | "absent" | "refused" | ObservedNamespace;

/** What is known of a device when what is on it is planned: `new` ones hold nothing yet. */
export type DeviceState = "unseen" | "new" | "refused" | ObservedLink;

/** A device that a desired object stands for: a bridge, a VXLAN device, or an end of a veth. */
export interface Device {
  readonly namespace: NamespaceName;
  readonly name: InterfaceName;
  readonly mark: Mark;
  readonly state: DeviceState;
}

/** The growing plan, and what its stages tell each other. */
export interface Scene {
  readonly input: PlanInput;
  readonly previousKeys: ReadonlySet<string>;
  readonly namespaces: Map<string, NamespaceState>;
  /** By {@link deviceKey}. */
  readonly devices: Map<string, Device>;
  /** Devices that a desired object stands for, or that go with a deletion planned already, by {@link deviceKey} of their name as observed. */
  readonly settled: Set<string>;
  /** Ports whose entries the kernel drops, because they are (re)attached to their bridge, by {@link deviceKey}. */
  readonly reattached: Set<string>;
  /** Devices that are without any address for a moment, whereupon the kernel drops their routes, by {@link deviceKey}. */
  readonly routeless: Set<string>;
  readonly steps: Step[];
  readonly conflicts: Conflict[];
}

/** Names a device among all namespaces. */
export function deviceKey(namespace: string, device: string): string {
  return `${namespace} ${device}`;
}

/** Objects by the {@link deviceKey} of the device that they are on. */
export function byDevice<T extends { readonly namespace: string; readonly device: string }>(
  objects: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const object of objects) {
    const key = deviceKey(object.namespace, object.device);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [object]);
    else group.push(object);
  }
  return groups;
}

/** Whether the host had accepted this very object before. */
export function wasAccepted(scene: Scene, id: ObjectId): boolean {
  return scene.previousKeys.has(`${id.kind} ${keyOf(id)}`);
}

/** The observed namespace, when it was looked at and is there, whoever it belongs to. */
export function seenNamespace(scene: Scene, name: string): ObservedNamespace | undefined {
  const seen = scene.input.observation.get(name);
  return typeof seen === "string" ? undefined : seen;
}

/** The overlay that a link is marked for, if for any. */
export function overlayOfLink(link: ObservedLink): string | undefined {
  return parseMark(link.alias)?.overlay;
}

/** Whether a link in a namespace of ours is ours: by its mark, or, when its making was interrupted before it got one, by its group. */
export function isOurs(scene: Scene, link: ObservedLink): boolean {
  const overlay = overlayOfLink(link);
  return overlay === undefined ? link.group === stamp : overlay === scene.input.overlay;
}

/** Whether something carries the mark of a container that nobody knows the desired state of. */
export function isSpared(scene: Scene, alias: string | undefined): boolean {
  const mark = parseMark(alias);
  return mark?.kind === "container" && scene.input.spared?.has(mark.name) === true;
}

/** Where a veth's other end is: a device seen there, `unseen` in a namespace that was not looked at, `undefined` if nobody can say. */
export function otherEnd(
  scene: Scene,
  namespace: string,
  link: ObservedLink,
): { namespace: string; link: ObservedLink | "unseen" } | undefined {
  if (link.peer === undefined) return undefined;
  const { index, namespaceId } = link.peer;
  const where = namespaceId === undefined ? namespace : link.peer.namespace;
  if (where === undefined) return undefined;
  const seen = scene.input.observation.get(where);
  if (seen === undefined) return { namespace: where, link: "unseen" };
  if (typeof seen === "string") return undefined;
  const end = seen.links.find((candidate) => candidate.kind === "veth" && candidate.index === index);
  return end === undefined ? undefined : { namespace: where, link: end };
}

/** Notes that a device, and with a veth its other end, needs no further judgement. */
export function settle(scene: Scene, namespace: string, link: ObservedLink): void {
  scene.settled.add(deviceKey(namespace, link.name));
  const end = link.kind === "veth" ? otherEnd(scene, namespace, link) : undefined;
  if (end !== undefined && end.link !== "unseen") scene.settled.add(deviceKey(end.namespace, end.link.name));
}

/** A desired object cannot be had. */
export function refuse(scene: Scene, object: KernelObject, message: string): void {
  scene.conflicts.push({ mark: object.mark, object, message });
}

/** The device inside the container, of a veth. */
export function peerKey(veth: VethObject): string {
  return deviceKey(veth.peer.namespace, veth.peer.name);
}

/** A sentence about something in a namespace; the overlay's own goes without saying. */
export function inWords(scene: Scene, namespace: string, sentence: string): string {
  const overlays = scene.input.desired.some((object) => object.kind === "bridge" && object.namespace === namespace);
  return overlays ? sentence : `${namespace}: ${sentence}`;
}

/** Whether a device has the VNI and port of another: two such cannot share a UDP socket's namespace. */
export function hasVni(link: ObservedLink, object: VxlanObject): boolean {
  return link.vxlan?.vni === object.vni && link.vxlan.port === object.port;
}
