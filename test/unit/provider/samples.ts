import type { Bag } from "@overlaynet/provider/engine";
import { checkContainer } from "@overlaynet/provider/input/container";
import { checkNeighEntry } from "@overlaynet/provider/input/neigh-entry";
import { checkOverlay } from "@overlaynet/provider/input/overlay";

/** The underlay addresses of hosts that tests name. */
export const addresses: Readonly<Record<string, string>> = {
  a: "192.168.64.27",
  b: "192.168.64.28",
  c: "192.168.64.29",
};

/** Hosts as a program gives them. */
export function hosts(...names: string[]): Bag {
  return Object.fromEntries(names.map((name) => [name, { address: addresses[name] }]));
}

/** What the SDK sends for an Overlay. */
export function overlayNews(change: Bag = {}): Bag {
  const owner = { project: "p", stack: "s", resource: "lab" };
  const plain = { name: "lab", vni: 42, cidr: "7.7.7.0/24", gateway: "7.7.7.1", hosts: hosts("a", "b"), owner };
  return { __provider: "shim", ...plain, ...change };
}

/** What the SDK sends for a Container. */
export function containerNews(change: Bag = {}, overlay: Bag = {}): Bag {
  const { name, cidr, gateway, hosts: given } = overlayNews(overlay);
  const owner = { project: "p", stack: "s", resource: "red" };
  const part = { name, cidr, gateway, hosts: given, ...pick(overlay, "mtu", "port") };
  const plain = { name: "red", overlayId: "lab-1", overlay: part, host: "a", ip: "7.7.7.2", owner };
  return { __provider: "shim", ...plain, ...change };
}

/** What the SDK sends for a NeighEntry. */
export function neighNews(change: Bag = {}, overlay: Bag = {}): Bag {
  const { host: _host, ...rest } = containerNews({}, overlay);
  const owner = { project: "p", stack: "s", resource: "printer" };
  const plain = { name: "printer", ip: "7.7.7.9", mac: "02:42:c0:a8:00:04", vtep: "192.168.64.40", owner };
  return { ...rest, ...plain, ...change };
}

/** Inputs after check, as the engine hands them on. */
export const checked = {
  overlay: (change?: Bag): Bag => passed(checkOverlay(overlayNews(change))),
  container: (change?: Bag, overlay?: Bag): Bag => passed(checkContainer(containerNews(change, overlay))),
  neigh: (change?: Bag, overlay?: Bag): Bag => passed(checkNeighEntry(neighNews(change, overlay))),
};

function passed({ inputs, failures }: ReturnType<typeof checkOverlay>): Bag {
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  return { ...inputs, __provider: "shim" };
}

function pick(bag: Bag, ...names: string[]): Bag {
  return Object.fromEntries(names.flatMap((name) => (bag[name] === undefined ? [] : [[name, bag[name]]])));
}
