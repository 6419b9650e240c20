import type { InterfaceName } from "../model/index.js";

/**
 * The number that every thing of ours without room for a {@link Mark} carries: the group of links, the protocol of routes.
 * Unlike an alias it is set in the very call that makes the thing, so nothing that an interrupted run made is without an owner. 118 is free in
 * include/uapi/linux/rtnetlink.h (RTPROT_*) and /etc/iproute2/rt_protos.
 */
export const stamp = 118;

/**
 * The label of our addresses on a device, for the same end: `eth0:ov`. `undefined` where the device's name leaves no room in the 15 bytes of IFA_LABEL,
 * which has to begin with it (ip-address(8)).
 */
export function addressLabel(device: InterfaceName): string | undefined {
  const label = `${device}:ov`;
  return label.length <= 15 ? label : undefined;
}
