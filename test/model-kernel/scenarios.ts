import type { Desired } from "@overlaynet/core";
import { containerFile, overlayFile } from "./specs.js";

/** A change of what is desired, or damage done to it by hand; its commands are in test/golden/commands/<name>.txt. */
export interface Scenario {
  readonly name: string;
  /** What the host was asked before, and holds. */
  readonly from: readonly Desired[];
  /** Then done by hand, in a namespace. */
  readonly deeds?: readonly { readonly namespace?: string; readonly command: string }[];
  readonly to: readonly Desired[];
  /** Whether what nobody owns may be taken over. */
  readonly adopt?: boolean;
}

const overlay = overlayFile();
const red = containerFile("red", "7.7.7.2");
const green = containerFile("green", "7.7.7.4");
const blue = containerFile("blue", "7.7.7.5");
const pink = containerFile("pink", "7.7.7.3", { host: "b" });
const all = [overlay, red, green, pink];

/** The hand-made original, as its notes make it for one container. */
const byHand = [
  { command: "netns add overns" },
  { command: "netns add red" },
  { command: "link add name vxlan1 netns overns type vxlan id 42 dstport 4789 learning proxy l2miss l3miss" },
  { namespace: "overns", command: "link add name br0 type bridge" },
  { namespace: "overns", command: "address add 7.7.7.1/24 dev br0" },
  { namespace: "overns", command: "link set dev br0 up" },
  { namespace: "overns", command: "link set dev vxlan1 master br0 up" },
  { namespace: "overns", command: "link add name vethO2 mtu 1450 type veth peer name eth0 mtu 1450 netns red" },
  { namespace: "overns", command: "link set dev vethO2 master br0 up" },
  { namespace: "red", command: "link set dev eth0 address 02:42:c0:a8:00:02 up" },
  { namespace: "red", command: "address add 7.7.7.2/24 dev eth0" },
];

export const scenarios: readonly Scenario[] = [
  { name: "create-overlay", from: [], to: [overlay] },
  { name: "create-overlay-with-learning", from: [], to: [overlayFile({ learning: true })] },
  { name: "add-containers", from: [overlay], to: all },
  {
    name: "add-container-with-gateway",
    from: [overlay],
    to: [overlay, containerFile("red", "7.7.7.2", { gateway: true })],
  },
  { name: "create-everything", from: [], to: all },
  { name: "change-mtu", from: all, to: [overlayFile({ mtu: 1400 }), ...[red, green].map(withMtu1400)] },
  { name: "turn-learning-on", from: all, to: [overlayFile({ learning: true }), red, green, pink] },
  { name: "change-vni", from: all, to: [overlayFile({ vni: 43 }), red, green, pink] },
  { name: "change-port", from: all, to: [overlayFile({ port: 8472 }), red, green, pink] },
  {
    name: "change-underlay-address",
    from: all,
    to: [overlayFile({ hosts: { a: "192.168.64.29", b: "192.168.64.28" } }), red, green, pink],
  },
  { name: "change-gateway", from: all, to: [overlayFile({ gateway: "7.7.7.254" }), red, green, pink] },
  { name: "rename-bridge", from: all, to: [overlayFile({ bridge: "br1" }), red, green, pink] },
  { name: "change-namespace", from: all, to: [overlayFile({ namespace: "ov2" }), red, green, pink] },
  {
    name: "change-mac",
    from: all,
    to: [overlay, containerFile("red", "7.7.7.2", { mac: "02:42:c0:a8:00:04" }), green, pink],
  },
  { name: "change-address", from: all, to: [overlay, containerFile("red", "7.7.7.6"), green, pink] },
  { name: "widen-cidr", from: all, to: [overlayFile({ cidr: "7.7.0.0/16" }), red, green, pink] },
  {
    name: "swap-addresses",
    from: all,
    to: [overlay, containerFile("red", "7.7.7.4"), containerFile("green", "7.7.7.2"), pink],
  },
  {
    name: "rotate-addresses",
    from: [overlay, red, green, blue],
    to: [overlay, containerFile("red", "7.7.7.4"), containerFile("green", "7.7.7.5"), containerFile("blue", "7.7.7.2")],
  },
  {
    name: "drop-default-route",
    from: [overlay, containerFile("red", "7.7.7.2", { gateway: true })],
    to: [overlay, red],
  },
  {
    name: "move-container-away",
    from: all,
    to: [overlay, red, containerFile("green", "7.7.7.4", { host: "b" }), pink],
  },
  { name: "remove-container", from: all, to: [overlay, green, pink] },
  { name: "remove-everything", from: all, to: [] },
  {
    name: "repair-vxlan-device",
    from: all,
    deeds: [{ namespace: "overns", command: "link delete dev vxlan1" }],
    to: all,
  },
  { name: "repair-bridge", from: all, deeds: [{ namespace: "overns", command: "link delete dev br0" }], to: all },
  { name: "repair-overlay-namespace", from: all, deeds: [{ command: "netns delete overns" }], to: all },
  { name: "repair-container-namespace", from: all, deeds: [{ command: "netns delete red" }], to: all },
  {
    name: "repair-attributes",
    from: all,
    deeds: [
      { namespace: "overns", command: "link set dev vxlan1 mtu 1400 down" },
      { namespace: "overns", command: "link set dev vethO4 nomaster" },
      { namespace: "overns", command: "address delete 7.7.7.1/24 dev br0" },
      { namespace: "red", command: "link set dev eth0 address 02:11:22:33:44:55 down" },
      { namespace: "red", command: "address delete 7.7.7.2/24 dev eth0" },
    ],
    to: all,
  },
  { name: "adopt-hand-made", from: [], deeds: byHand, to: [overlay, red], adopt: true },
];

function withMtu1400(container: Desired): Desired {
  return container.spec.kind === "container"
    ? containerFile(container.spec.name, container.spec.ip, { mtu: 1400 })
    : container;
}
