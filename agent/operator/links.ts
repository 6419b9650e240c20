import type { LinkInspection } from "@overlaynet/core/operator/index";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  AF,
  IFF_UP,
  inNamespace,
  type LinkMessage,
  type LinkStatistics,
  marshalLink,
  NetlinkError,
  RouteSocket,
  RTM,
  unmarshalLink,
  unmarshalLinkStatistics,
} from "../netlink/index.js";
import type { Paths } from "../store/paths.js";

type Seen = LinkMessage & Partial<LinkStatistics>;

const none = { packets: 0, bytes: 0, errors: 0, dropped: 0 };
const EINVAL = 22;

/** The devices of namespaces and what has gone through them, by one question to the kernel each. A name without a namespace has none; that it is missing is told as drift. @throws NetlinkError */
export function linksIn({ netns }: Paths, namespaces: readonly string[]): LinkInspection[] {
  return namespaces.flatMap((namespace) => {
    const path = join(netns, namespace);
    if (!existsSync(path)) return [];
    const links = linksAt(path);
    const names = new Map(links.map(({ interfaceIndex, name = "" }) => [interfaceIndex, name]));
    return links.map((link) => inspected(namespace, link, names));
  });
}

function linksAt(path: string): Seen[] {
  try {
    return inNamespace(path, () => {
      const socket = new RouteSocket();
      try {
        return dump(socket);
      } finally {
        socket.close();
      }
    });
  } catch (error) {
    // A name that leads to no namespace.
    if (error instanceof NetlinkError && error.errno === EINVAL) return [];
    throw error;
  }
}

function dump(socket: RouteSocket): Seen[] {
  const links: Seen[] = [];
  const everything = { family: AF.UNSPEC, type: 0, interfaceIndex: 0, flags: 0 };
  socket.dump(
    { type: RTM.GETLINK, flags: 0, payload: marshalLink(everything) },
    {
      begin: () => {
        links.length = 0;
      },
      read: ({ type, bytes, start, end }) => {
        // The next datagram overwrites it.
        const payload = Buffer.from(bytes.subarray(start, end));
        const link = type === RTM.NEWLINK ? unmarshalLink(payload) : undefined;
        if (link !== undefined) links.push({ ...link, ...unmarshalLinkStatistics(payload) });
      },
    },
  );
  return links;
}

function inspected(namespace: string, link: Seen, names: ReadonlyMap<number, string>): LinkInspection {
  const { name = "", interfaceIndex: index, kind = "", flags, mtu, address, link: peer } = link;
  const master = link.master === undefined ? undefined : names.get(link.master);
  return {
    namespace,
    name,
    index,
    kind,
    up: (flags & IFF_UP) !== 0,
    ...(mtu === undefined ? {} : { mtu }),
    ...(address === undefined ? {} : { mac: [...address].map((byte) => byte.toString(16).padStart(2, "0")).join(":") }),
    ...(master === undefined ? {} : { master }),
    ...(kind === "veth" && peer !== undefined ? { peer } : {}),
    received: link.received ?? none,
    sent: link.sent ?? none,
  };
}
