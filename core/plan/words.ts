import { parseMark } from "../desired/mark.js";
import type { ObservedLink } from "../observe/observed.js";
import type { Change } from "./step.js";

const nobody = "belongs to nobody overlaynet knows";
const adoptable = "choose another name, remove it, or set adopt: true";

/** `container red of overlay lab`, or `nobody overlaynet knows`. */
export function ownerInWords(alias: string | undefined): string {
  const mark = parseMark(alias);
  if (mark === undefined) return "nobody overlaynet knows";
  return mark.kind === "overlay" ? `overlay ${mark.name}` : `container ${mark.name} of overlay ${mark.overlay}`;
}

/** Somebody has a namespace of this name. */
export function namespaceTaken(namespace: string, alias: string | undefined): string {
  return parseMark(alias) === undefined
    ? `namespace ${namespace} exists and ${nobody}; ${adoptable}`
    : `namespace ${namespace} belongs to ${ownerInWords(alias)}; choose another name`;
}

/** There is a name and no namespace behind it. */
export function namespaceDead(namespace: string): string {
  return (
    `the name ${namespace} in /run/netns leads to no network namespace (its mount is gone, or in another mount namespace) and ${nobody}; ` +
    `remove it (ip netns delete ${namespace}), choose another name, or set adopt: true`
  );
}

/** Somebody has a device of this name, of the wanted kind or another. */
export function linkTaken(namespace: string, link: ObservedLink, kind: string): string {
  const what = `${link.name} in namespace ${namespace}`;
  if (parseMark(link.alias) !== undefined) return `${what} belongs to ${ownerInWords(link.alias)}; choose another name`;
  return link.kind === kind
    ? `${what} exists and ${nobody}; ${adoptable}`
    : `${what} is of kind ${link.kind}, not ${kind}, and ${nobody}; choose another name or remove it`;
}

/** Two resources ask for one thing of the kernel's. */
export function twiceAsked(thing: string, one: string, other: string): string {
  return `${thing} is asked for by ${ownerInWords(one)} and by ${ownerInWords(other)}; change one of them`;
}

/** Somebody has a VXLAN device with this VNI and port on the same UDP socket. */
export function vniTaken(vni: number, port: number, namespace: string, link: ObservedLink): string {
  const where = namespace === "" ? "the root namespace" : `namespace ${namespace}`;
  const whose = parseMark(link.alias) === undefined ? "" : ` of ${ownerInWords(link.alias)}`;
  return (
    `VNI ${vni} on UDP port ${port} is in use by vxlan device ${link.name} in ${where}${whose}; ` +
    "choose another vni on the Overlay or remove that device"
  );
}

/** What differs, from the side of who wants it: `vxlan1 mtu 1400, want 1450`. */
export function changeInWords(change: Change): string {
  const { attribute, device, found } = change;
  const want = String(change.want);
  switch (attribute) {
    case "up":
      return `${device} down, want up`;
    case "alias":
      return `${device} not marked as ours`;
    case "via":
      return `default route via ${found === undefined ? "nothing" : String(found)}, want ${want}`;
    case "learning":
      return `${device} learning ${onOff(found)}, want ${onOff(change.want)}`;
    case "name":
    case "master":
    case "mac":
    case "mtu":
    case "local":
    case "rules":
    case "element":
      return `${device} ${attribute} ${found === undefined ? "none" : String(found)}, want ${want}`;
  }
}

function onOff(value: unknown): string {
  return value === true ? "on" : "off";
}
