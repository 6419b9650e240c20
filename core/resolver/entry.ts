/** An entry of the VXLAN device's neighbour table as the kernel holds it, addresses as numbers. */
export interface Neighbour {
  readonly ip: number;
  /** Zero while the kernel itself is looking for it, or gave up. */
  readonly mac: number;
  /**
   * Whether it stays as it is (NUD_PERMANENT, NUD_NOARP). Of the others those that are not NUD_CONNECTED are a black hole: the device
   * neither answers nor reports a miss (arp_reduce in drivers/net/vxlan/vxlan_core.c).
   */
  readonly permanent: boolean;
  /** Carries our stamp, {@link stamp}. */
  readonly own: boolean;
}

/** An entry of the VXLAN device's forwarding table as the kernel holds it, addresses as numbers. */
export interface Forwarding {
  readonly mac: number;
  /** Zero when it leads to a nexthop group, which nobody but a routing daemon makes. */
  readonly vtep: number;
  readonly permanent: boolean;
  /** Carries our stamp, {@link stamp}. */
  readonly own: boolean;
  /** One destination, by the device's own VNI, port and route: all that a record can say. */
  readonly plain: boolean;
}

/**
 * How our entries are told from others': neighbours carry this originator (NDA_PROTOCOL; "o", unassigned in linux/rtnetlink.h and
 * /etc/iproute2/rt_protos), permanent forwarding entries, which have no such field in the kernel, the flag NTF_EXT_LEARNED, which also
 * says that they were made by a control plane and do not age.
 */
export const stamp = 0x6f;
