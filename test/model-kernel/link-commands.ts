import {
  dropEntries,
  dropLink,
  followPorts,
  type Link,
  linkOf,
  type Namespace,
  newLink,
  Refused,
  type Vxlan,
} from "./state.js";
import { unknown, type Words } from "./words.js";

/** Finds a namespace by name, or refuses. */
type Find = (name: string) => Namespace;

interface Attributes {
  name?: string;
  namespace?: Namespace;
  alias?: string;
  group?: number;
  mac?: string;
  mtu?: number;
  master?: string;
  nomaster?: boolean;
  up?: boolean;
}

/** `ip link add …` from a namespace. */
export function linkAdd(words: Words, from: Namespace, find: Find): void {
  const given = attributes(words, find, ["type"]);
  const kind = words.take();
  const namespace = given.namespace ?? from;
  const name = given.name ?? "";
  switch (kind) {
    case "bridge":
      finish(newLink(namespace, name, "bridge", creation(given)), given);
      return;
    case "vxlan": {
      const vxlan = vxlanOf(words, from);
      finish(newLink(namespace, name, "vxlan", { ...creation(given), vxlan }), given);
      return;
    }
    case "veth": {
      words.expect("peer");
      const peer = attributes(words, find, []);
      if (peer.up === true) throw new Refused("RTNETLINK answers: Transport endpoint is not connected");
      const far = newLink(peer.namespace ?? from, peer.name ?? "", "veth", creation(peer));
      try {
        const near = newLink(namespace, name, "veth", { ...creation(given), peer: far });
        far.peer = near;
        finish(near, given);
      } catch (error) {
        dropLink(far);
        throw error;
      }
      return;
    }
    default:
      throw new Refused("Error: Unknown device type.");
  }
}

/** `ip link set dev …`. */
export function linkSet(words: Words, namespace: Namespace): void {
  words.expect("dev");
  const link = linkOf(namespace, words.take());
  if (words.has("type")) {
    changeVxlan(words, link);
    return;
  }
  const given = attributes(words, () => namespace, []);
  if (given.name !== undefined) rename(link, given.name);
  if (given.mac !== undefined) link.mac = given.mac;
  if (given.alias !== undefined) link.alias = given.alias === "" ? undefined : given.alias;
  if (given.group !== undefined) link.group = given.group;
  if (given.mtu !== undefined) setMtu(link, given.mtu);
  finish(link, given);
}

/** dev_change_name in net/core/dev.c, before Linux 6.2. */
function rename(link: Link, name: string): void {
  if (link.up) throw new Refused("RTNETLINK answers: Device or resource busy");
  const { links } = link.namespace;
  if (links.has(name)) throw new Refused("RTNETLINK answers: File exists");
  links.delete(link.name);
  link.name = name;
  links.set(name, link);
}

/** `ip link delete dev …`. */
export function linkDelete(words: Words, namespace: Namespace): void {
  words.expect("dev");
  const link = linkOf(namespace, words.take());
  if (link.kind === "loopback") throw new Refused("RTNETLINK answers: Operation not supported");
  dropLink(link);
}

function attributes(words: Words, find: Find, ends: readonly string[]): Attributes {
  const given: Attributes = {};
  while (!words.empty) {
    const word = words.take();
    if (ends.includes(word)) break;
    if (word === "name") given.name = words.take();
    else if (word === "netns") given.namespace = find(words.take());
    else if (word === "alias") given.alias = words.take();
    else if (word === "group") given.group = Number(words.take());
    else if (word === "address") given.mac = words.take();
    else if (word === "mtu") given.mtu = Number(words.take());
    else if (word === "master") given.master = words.take();
    else if (word === "nomaster") given.nomaster = true;
    else if (word === "up" || word === "down") given.up = word === "up";
    else throw unknown(word);
  }
  return given;
}

/** The kernel takes no alias when it makes a device (rtnl_create_link in net/core/rtnetlink.c). */
function creation({ group, mac, mtu }: Attributes): Partial<Link> {
  return {
    ...(group === undefined ? {} : { group }),
    ...(mac === undefined ? {} : { mac }),
    ...(mtu === undefined ? {} : { mtu }),
  };
}

function finish(link: Link, { up, master, nomaster }: Attributes): void {
  if (up !== undefined) setUp(link, up);
  if (master !== undefined) setMaster(link, linkOf(link.namespace, master));
  if (nomaster === true) setMaster(link, undefined);
}

function setMaster(link: Link, bridge: Link | undefined): void {
  if (bridge !== undefined && bridge.kind !== "bridge") throw new Refused("Error: Device does not allow enslaving.");
  if (link.master === bridge) return;
  dropEntries(link);
  link.master = bridge;
  if (bridge !== undefined) followPorts(bridge);
}

function setMtu(link: Link, mtu: number): void {
  if (mtu === link.mtu) return;
  link.mtu = mtu;
  if (link.kind === "bridge") link.mtuIsSet = true;
  if (link.master !== undefined) followPorts(link.master);
}

function setUp(link: Link, up: boolean): void {
  link.up = up;
  if (!up) link.namespace.routes = link.namespace.routes.filter(({ device }) => device !== link);
}

function vxlanOf(words: Words, socket: Namespace): Vxlan {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  while (!words.empty) {
    const word = words.take();
    if (["id", "local", "dstport"].includes(word)) values.set(word, words.take());
    else if (["proxy", "l2miss", "l3miss", "learning", "nolearning"].includes(word)) flags.add(word);
    else throw unknown(word);
  }
  return {
    vni: Number(values.get("id")),
    port: Number(values.get("dstport") ?? 8472),
    local: values.get("local"),
    proxy: flags.has("proxy"),
    learning: !flags.has("nolearning"),
    l2miss: flags.has("l2miss"),
    l3miss: flags.has("l3miss"),
    socket,
  };
}

/** drivers/net/vxlan/vxlan_core.c, vxlan_nl2conf with changelink. */
function changeVxlan(words: Words, link: Link): void {
  words.expect("vxlan");
  if (link.vxlan === undefined) throw new Refused("RTNETLINK answers: Operation not supported");
  while (!words.empty) {
    const word = words.take();
    if (word === "learning" || word === "nolearning") link.vxlan.learning = word === "learning";
    else if (word === "local") link.vxlan.local = words.take();
    else if (word === "id") throw new Refused("Error: Cannot change VNI.");
    else if (word === "dstport") throw new Refused("Error: Cannot change port.");
    else throw new Refused(`Error: vxlan: cannot change ${word.toUpperCase()} flag.`);
  }
}
