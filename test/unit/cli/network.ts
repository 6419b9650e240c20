import { type Expected, HostProblem, type RecordEntry } from "@overlaynet/core/operator/index";
import { type Said, wellOverlay } from "./scene.js";

const hosts = { a: "192.168.64.27", b: "192.168.64.28" };
const red = { name: "red", ip: "7.7.7.2", mac: "02:42:07:07:07:02" };
const green = { name: "green", ip: "7.7.7.4", mac: "02:42:07:07:07:04" };
const pink = { name: "pink", ip: "7.7.7.3", mac: "02:42:07:07:07:03" };

/** The records of the main job, as both hosts have them. */
export const records: readonly RecordEntry[] = [
  { ...red, vtep: hosts.a, origin: "container" },
  { ...pink, vtep: hosts.b, origin: "container" },
  { ...green, vtep: hosts.a, origin: "container" },
];

/** The main job on two hosts: red and green on a, pink on b. */
export const well: readonly [Said, Said] = [
  { name: "a", address: hosts.a, inspection: { overlays: [wellOverlay("a", hosts, [green, red])] }, records },
  { name: "b", address: hosts.b, inspection: { overlays: [wellOverlay("b", hosts, [pink])] }, records },
];

/** What its stack says. */
export const expected: Expected = {
  overlays: new Map([["lab", ["a", "b"]]]),
  containers: [
    { overlay: "lab", name: "red", host: "a", ip: red.ip },
    { overlay: "lab", name: "green", host: "a", ip: green.ip },
    { overlay: "lab", name: "pink", host: "b", ip: pink.ip },
  ],
};

/** A host that does not answer. */
export const dead: Said = {
  name: "b",
  address: hosts.b,
  failure: new HostProblem(
    "unreachable",
    "b (192.168.64.28): connect: no answer within 15 s (root@192.168.64.28); is it up, and is its address right?",
  ),
};

/** Host b with everything wrong that a status can tell. */
export function ailing(): Said {
  const overlay = wellOverlay("b", hosts, []);
  return {
    name: "b",
    address: hosts.b,
    inspection: {
      working: { holder: "shop/test", since: "2026-01-01T00:00:00.000Z" },
      overlays: [
        {
          ...overlay,
          device: { name: "vxlan1", up: false },
          resolver: { running: false, reason: "nobody listens", lastLine: "vxlan1 is gone" },
          drift: ["vxlan1 mtu 1400, want 1450", "overlaynet-resolver@lab.service failed, want active"],
          dropped: "nft: command not found",
          outwardOnly: ["192.168.64.40"],
          repairs: { count: 2, last: ["vxlan1 mtu 1400, want 1450"] },
          failures: ["device: no such namespace"],
        },
      ],
    },
    records: records.slice(0, 2),
  };
}
