import { ContainerSpec, parseCidr, parseIp, portName } from "@overlaynet/core";
import { checkContainer, type ContainerInputs } from "../input/container.js";
import { hostsOf } from "../input/member.js";
import type { MemberKind } from "./member-kind.js";

/** A network namespace on one host, with an interface in the overlay. */
export const containerKind: MemberKind<ContainerInputs> = {
  title: "Container",
  kind: "container",
  fields: [
    "overlayId",
    "overlay",
    "name",
    "host",
    "ip",
    "mac",
    "mtu",
    "interface",
    "gateway",
    "allowSpoofing",
    "adopt",
    "deleteUnreachable",
    "timeouts",
    "owner",
  ],
  identity: ["overlayId", "name", "interface"],
  check: checkContainer,
  spec: (inputs) => {
    const { overlayId, overlay, name, host, ip, mac, mtu, gateway } = inputs;
    const vtep = hostsOf(overlay)[host]?.address;
    const part = { overlay: overlay.name, overlayId, name, host, vtep, ip, mac, mtu, gateway };
    // What an earlier agent does not know is told only where it matters.
    const open = inputs.allowSpoofing === true ? { allowSpoofing: true } : {};
    return ContainerSpec.parse({ kind: "container", ...part, interface: inputs.interface, ...open });
  },
  hosts: ({ overlay }) => hostsOf(overlay),
  home: ({ host }) => host,
  computed: ({ overlay, name, ip }) => {
    return { netnsPath: `/run/netns/${name}`, vethName: portName(parseCidr(overlay.cidr), parseIp(ip)) };
  },
};
