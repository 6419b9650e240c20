import { link, withLinks } from "./links.js";
import type { Said } from "./scene.js";

/** Host a of the main job after somebody changed the tunnel's MTU, deleted green and an entry, and put a device of his own on the bridge. */
export function withDrift(host: Said): Said {
  const [mtu, green, entry] = [
    "vxlan1 mtu 1300, want 1450",
    "namespace green missing",
    "vxlan1: neighbour 7.7.7.3 missing",
  ] as const;
  return withLinks(host, (one) => ({
    ...one,
    drift: [mtu, entry],
    containers: one.containers.map((container) =>
      container.name === "green" ? { ...container, drift: [green] } : container,
    ),
    differences: [
      { words: mtu, namespace: "overns", device: "vxlan1" },
      { words: green, namespace: "green" },
      { words: entry, namespace: "overns", device: "vxlan1", about: "7.7.7.3" },
    ],
    links: [
      ...(one.links ?? []).filter(({ namespace, name }) => namespace !== "green" && name !== "vethO4"),
      link("overns", "tap7", 40, { master: "br0", kind: "tun" }),
    ],
  }));
}
