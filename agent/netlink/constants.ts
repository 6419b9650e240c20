/** Numbers of the kernel's user API that this project speaks. Each block names its header. */

/** linux/netlink.h */
export const NLMSG = { NOOP: 1, ERROR: 2, DONE: 3, OVERRUN: 4 } as const;
export const NLM_F = {
  REQUEST: 0x1,
  MULTI: 0x2,
  ACK: 0x4,
  /** In a dump's answer: the table changed while it was read, the answer may lack or repeat entries. */
  DUMP_INTR: 0x10,
  REPLACE: 0x100,
  EXCL: 0x200,
  CREATE: 0x400,
  DUMP: 0x300,
  /** In an error's answer: the request is not repeated in full (NETLINK_CAP_ACK). */
  CAPPED: 0x100,
  /** In an error's answer: attributes follow (NETLINK_EXT_ACK). */
  ACK_TLVS: 0x200,
} as const;
export const NLMSGERR_ATTR = { MSG: 1, OFFS: 2 } as const;
/** The bits of an attribute's type that are flags: nested, network byte order. */
export const NLA_TYPE_MASK = 0x3fff;
export const NETLINK_ROUTE = 0;
export const SOL_NETLINK = 270;
export const NETLINK_CAP_ACK = 10;
export const NETLINK_EXT_ACK = 11;
export const NETLINK_GET_STRICT_CHK = 12;

/** linux/rtnetlink.h */
export const RTM = { NEWLINK: 16, DELLINK: 17, GETLINK: 18, NEWNEIGH: 28, DELNEIGH: 29, GETNEIGH: 30 } as const;
export const RTNLGRP = { LINK: 1, NEIGH: 3 } as const;

/** linux/neighbour.h */
export const NDA = {
  DST: 1,
  LLADDR: 2,
  CACHEINFO: 3,
  PROBES: 4,
  VLAN: 5,
  PORT: 6,
  VNI: 7,
  IFINDEX: 8,
  MASTER: 9,
  LINK_NETNSID: 10,
  SRC_VNI: 11,
  PROTOCOL: 12,
  NH_ID: 13,
  FDB_EXT_ATTRS: 14,
  FLAGS_EXT: 15,
} as const;
export const NTF = {
  USE: 0x01,
  SELF: 0x02,
  MASTER: 0x04,
  PROXY: 0x08,
  EXT_LEARNED: 0x10,
  OFFLOADED: 0x20,
  STICKY: 0x40,
  ROUTER: 0x80,
} as const;
export const NUD = {
  INCOMPLETE: 0x01,
  REACHABLE: 0x02,
  STALE: 0x04,
  DELAY: 0x08,
  PROBE: 0x10,
  FAILED: 0x20,
  NOARP: 0x40,
  PERMANENT: 0x80,
} as const;

/** linux/if_link.h, linux/if.h */
export const IFLA = { ADDRESS: 1, IFNAME: 3, MTU: 4, LINK: 5, MASTER: 10, LINKINFO: 18, STATS64: 23 } as const;
export const IFLA_INFO = { KIND: 1, DATA: 2 } as const;
export const IFF_UP = 0x1;

/** linux/socket.h, asm-generic/socket.h */
export const AF = { UNSPEC: 0, UNIX: 1, INET: 2, BRIDGE: 7, INET6: 10, NETLINK: 16, PACKET: 17 } as const;
export const SOCK = { STREAM: 1, DGRAM: 2, RAW: 3, NONBLOCK: 0o4000, CLOEXEC: 0o2000000 } as const;
export const SOL_SOCKET = 1;
export const SO_RCVBUF = 8;
export const SO_RCVTIMEO = 20;
export const SO_ATTACH_FILTER = 26;
export const SO_RCVBUFFORCE = 33;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;

/** linux/sched.h */
export const CLONE_NEWNET = 0x4000_0000;
