import type { Ip, Mac } from "../model/index.js";

/** An entry of the VXLAN device's neighbour table as the kernel holds it. */
export interface Neighbour {
  readonly ip: Ip;
  /** Absent while the kernel itself is looking for it, or gave up. */
  readonly mac: Mac | undefined;
  /**
   * Whether it stays as it is (NUD_PERMANENT, NUD_NOARP). Of the others those that are not NUD_CONNECTED are a black hole: the device
   * neither answers nor reports a miss (arp_reduce in drivers/net/vxlan/vxlan_core.c).
   */
  readonly permanent: boolean;
  /** Carries our stamp, {@link stamp}. */
  readonly own: boolean;
}

/** An entry of the VXLAN device's forwarding table as the kernel holds it. */
export interface Forwarding {
  readonly mac: Mac;
  /** Absent when it leads to a nexthop group, which nobody but a routing daemon makes. */
  readonly vtep: Ip | undefined;
  readonly permanent: boolean;
  /** Carries our stamp, {@link stamp}. */
  readonly own: boolean;
  /** One destination, by the device's own VNI, port and route: all that a record can say. */
  readonly plain: boolean;
}

/** A VXLAN device's two tables. Neighbours are keyed by IP, forwarding entries by MAC: two IPs can share one MAC (calico#9450, moby 1c2b744ca2). */
export interface KernelEntries {
  readonly neighbours: ReadonlyMap<Ip, Neighbour>;
  readonly forwarding: ReadonlyMap<Mac, Forwarding>;
}

/**
 * How our entries are told from others': neighbours carry this originator (NDA_PROTOCOL; "o", unassigned in linux/rtnetlink.h and
 * /etc/iproute2/rt_protos), permanent forwarding entries, which have no such field in the kernel, the flag NTF_EXT_LEARNED, which also
 * says that they were made by a control plane and do not age.
 */
export const stamp = 0x6f;

/** One change of the kernel's tables. To delete takes the entry that was read, so that nothing else is hit (moby 7a12bbe5d3). */
export type Action =
  | { readonly do: "set-neighbour"; readonly ip: Ip; readonly mac: Mac }
  /** `permanent: false`: may age, and gives way to what the device learns. */
  | { readonly do: "set-forwarding"; readonly mac: Mac; readonly vtep: Ip; readonly permanent: boolean }
  | { readonly do: "delete-neighbour"; readonly ip: Ip }
  | { readonly do: "delete-forwarding"; readonly mac: Mac };
