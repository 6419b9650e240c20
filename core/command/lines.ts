import type { KernelObject, RouteObject } from "../desired/object.js";
import { addressLabel, stamp } from "../desired/stamp.js";
import type { AddStep, Change, ChangeStep, DeleteStep, Step } from "../plan/step.js";
import { type Placed, Turn } from "./line.js";
import { nftLinesOf } from "./nft-lines.js";

type Words = readonly (string | number)[];
type Place = Pick<Placed, "turn" | "tool" | "namespace">;

/** The command lines of a step, each with its place. */
export function linesOf(step: Step): Placed[] {
  return nftLinesOf(step) ?? ipLinesOf(step);
}

function ipLinesOf(step: Step): Placed[] {
  const place = (turn: Turn, namespace: string | undefined, words: Words, tool: Place["tool"] = "ip"): Placed => ({
    turn,
    tool,
    namespace,
    text: words.join(" "),
    step,
  });
  switch (step.op) {
    case "add":
      return addLines(step, place);
    case "change":
      return changeLines(step, place);
    case "delete":
      return deleteLines(step, place);
  }
}

type Placer = (turn: Turn, namespace: string | undefined, words: Words, tool?: Place["tool"]) => Placed;

function addLines({ object }: AddStep, place: Placer): Placed[] {
  const { namespace, mark } = object;
  switch (object.kind) {
    case "namespace":
      return [
        place(Turn.Found, undefined, ["netns", "add", namespace]),
        place(Turn.Connect, namespace, ["link", "set", "dev", "lo", "alias", mark, "up"]),
      ];
    case "bridge": {
      const { name, mac, mtu } = object;
      // An MTU that is set, not given at creation, is the bridge's own: it no longer follows its ports' (br_mtu_auto_adjust in net/bridge/br_if.c).
      return [
        place(Turn.Build, namespace, ["link", "add", "name", name, "group", stamp, "address", mac, "type", "bridge"]),
        place(Turn.Build, namespace, ["link", "set", "dev", name, "alias", mark, "mtu", mtu, "up"]),
      ];
    }
    case "vxlan": {
      const { name, mac, mtu, vni, local, port, master } = object;
      const device = ["link", "add", "name", name, "netns", namespace, "group", stamp, "address", mac, "mtu", mtu];
      const type = ["type", "vxlan", "id", vni, "local", local, "dstport", port, learning(object.learning)];
      return [
        place(Turn.Found, undefined, [...device, ...type, "proxy", "l2miss", "l3miss"]),
        place(Turn.Build, namespace, ["link", "set", "dev", name, "alias", mark, "master", master, "up"]),
      ];
    }
    case "veth": {
      const { name, mtu, master, peer } = object;
      const port = ["link", "add", "name", name, "group", stamp, "mtu", mtu, "master", master, "up", "type", "veth"];
      const end = ["peer", "name", peer.name, "group", stamp, "address", peer.mac, "mtu", peer.mtu];
      return [
        place(Turn.Build, namespace, [...port, ...end, "netns", peer.namespace]),
        place(Turn.Build, namespace, ["link", "set", "dev", name, "alias", mark]),
        // "up" on the peer is refused while it is made: its other end is not yet there (ENOTCONN).
        place(Turn.Connect, peer.namespace, ["link", "set", "dev", peer.name, "alias", mark, "up"]),
      ];
    }
    case "address": {
      const { device, ip, prefix } = object;
      const label = labelled(addressLabel(device));
      return [place(Turn.Connect, namespace, ["address", "add", `${ip}/${prefix}`, "dev", device, ...label])];
    }
    case "route":
      return [place(Turn.Connect, namespace, routeReplace(object))];
    case "port-entry": {
      const words = ["fdb", "replace", object.mac, "dev", object.device, "master", "static", "sticky"];
      return [place(Turn.Entries, namespace, words, "bridge")];
    }
    case "filter":
    case "guard":
      return [];
  }
}

/** One line per device for what `ip link set` takes together, one more for what is VXLAN's own. */
function changeLines({ object, changes }: ChangeStep, place: Placer): Placed[] {
  if (object.kind === "route") return [place(Turn.Connect, object.namespace, routeReplace(object))];
  const lines: Placed[] = [];
  for (const [namespace, device] of devicesOf(changes)) {
    const own = changes.filter((change) => change.namespace === namespace && change.device === device);
    const turn = isLink(object) && namespace === object.namespace ? Turn.Build : Turn.Connect;
    for (const { attribute, want, down } of own) {
      if (attribute === "name")
        lines.push(...renameLines(place, turn, namespace, [device, String(want)], down === true));
    }
    const general = own.flatMap(generalWords);
    const special = own.flatMap(vxlanWords);
    if (general.length > 0) lines.push(place(turn, namespace, ["link", "set", "dev", device, ...general]));
    if (special.length > 0) {
      lines.push(place(turn, namespace, ["link", "set", "dev", device, "type", "vxlan", ...special]));
    }
  }
  return lines;
}

/** Down and up again where the kernel asks for it; the three lines are one process, so the device is down for less than a millisecond, and a packet may be lost. */
function renameLines(
  place: Placer,
  turn: Turn,
  namespace: string,
  [device, name]: readonly [string, string],
  down: boolean,
): Placed[] {
  const set = (which: string, ...words: Words): Placed =>
    place(turn, namespace, ["link", "set", "dev", which, ...words]);
  const rename = set(device, "name", name);
  return down ? [set(device, "down"), rename, set(name, "up")] : [rename];
}

function deleteLines({ object, frees, restores }: DeleteStep, place: Placer): Placed[] {
  const { namespace } = object;
  const early = frees.length > 0;
  switch (object.kind) {
    case "namespace":
      return [place(early ? Turn.Clear : Turn.Dissolve, undefined, ["netns", "delete", namespace])];
    case "bridge":
    case "vxlan":
    case "veth": {
      const turn = early ? Turn.Clear : object.kind === "vxlan" ? Turn.Unbuild : Turn.Detach;
      return [place(turn, namespace, ["link", "delete", "dev", object.name])];
    }
    case "address": {
      const turn = early ? Turn.Connect : Turn.Tidy;
      const { device } = object;
      return [
        place(turn, namespace, ["address", "delete", `${object.ip}/${object.prefix}`, "dev", device]),
        ...restores.map(({ ip, prefix, label }) =>
          place(turn, namespace, ["address", "replace", `${ip}/${prefix}`, "dev", device, ...labelled(label)]),
        ),
      ];
    }
    case "route": {
      const words = ["route", "delete", "default", "via", object.via, "dev", object.device];
      return [place(Turn.Tidy, namespace, words)];
    }
    case "port-entry": {
      const words = ["fdb", "delete", object.mac, "dev", object.device, "master"];
      return [place(Turn.Entries, namespace, words, "bridge")];
    }
    case "filter":
    case "guard-element":
      return [];
  }
}

function generalWords({ attribute, want }: Change): Words {
  switch (attribute) {
    case "alias":
    case "mtu":
    case "master":
      return [attribute, String(want)];
    case "mac":
      return ["address", String(want)];
    case "up":
      return ["up"];
    case "name":
    case "learning":
    case "local":
    case "via":
    case "rules":
    case "element":
      return [];
  }
}

function vxlanWords({ attribute, want }: Change): Words {
  if (attribute === "learning") return [learning(want === true)];
  return attribute === "local" ? ["local", String(want)] : [];
}

function learning(on: boolean): string {
  return on ? "learning" : "nolearning";
}

/** Takes the place of the default route without a metric, whatever it was. */
function routeReplace({ via, device }: RouteObject): Words {
  return ["route", "replace", "default", "via", via, "dev", device, "protocol", stamp];
}

/** A label that somebody gave may hold anything; one that is not a plain word is not worth the risk. */
function labelled(label: string | undefined): Words {
  return label !== undefined && /^[A-Za-z0-9_.:-]+$/.test(label) ? ["label", label] : [];
}

function devicesOf(changes: readonly Change[]): [string, string][] {
  const devices = new Map(
    changes.map(({ namespace, device }) => [`${namespace} ${device}`, [namespace, device] as [string, string]]),
  );
  return [...devices.values()];
}

function isLink(object: KernelObject): boolean {
  return "name" in object;
}
