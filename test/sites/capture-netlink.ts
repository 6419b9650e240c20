/**
 * `node test/dist/sites/capture-netlink.js > test/golden/netlink/kernel.txt`, as root: what the kernel really says, as text. Each message is
 * preceded by the command that made the kernel say it. Indexes, times and generated addresses differ from one run to the next.
 */
import { AF, marshalLink, marshalMessage, marshalNeighbour, NLM_F, RTM, SOCK } from "@overlaynet/agent/netlink/index";
import { inNamespace } from "@overlaynet/agent/netlink/namespace";
import { close, receive, send, setOption } from "@overlaynet/agent/netlink/native";
import { openNetlink } from "@overlaynet/agent/netlink/route-socket";
import { NETLINK_CAP_ACK, NETLINK_EXT_ACK, RTNLGRP, SOL_NETLINK } from "@overlaynet/agent/netlink/constants";
import { parseIp } from "@overlaynet/core/model/index";
import { release } from "node:os";
import { run } from "../hosts/command.js";
import { until } from "../hosts/poll.js";
import { TwoSites } from "./two-sites.js";

const red = parseIp("7.7.0.2");
const buffer = Buffer.alloc(64 * 1024);

function print(what: string, bytes: Buffer): void {
  const lines = bytes.toString("hex").match(/.{1,96}/g) ?? [];
  process.stdout.write(`== ${what}\n${lines.join("\n")}\n\n`);
}

/** All that waits in a socket, until there is nothing. */
function drain(fd: number): Buffer[] {
  const datagrams: Buffer[] = [];
  for (let length = receive(fd, buffer); length !== undefined; length = receive(fd, buffer)) {
    datagrams.push(Buffer.from(buffer.subarray(0, length)));
  }
  return datagrams;
}

async function main(): Promise<void> {
  const sites = await TwoSites.build();
  const { a } = sites;
  const groups = (1 << (RTNLGRP.LINK - 1)) | (1 << (RTNLGRP.NEIGH - 1));
  const sockets: number[] = [];
  const open = (mask: number): number => {
    const fd = inNamespace(a.namespacePath, () => openNetlink(mask, SOCK.NONBLOCK));
    sockets.push(fd);
    return fd;
  };
  try {
    await a.addContainers([red]);
    const events = open(groups);
    const requests = open(0);
    setOption(requests, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    setOption(requests, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    process.stdout.write(
      `# Linux ${release().split("-")[0] ?? ""}; made by test/sites/capture-netlink.ts. vxlan1 was made in another namespace and moved.\n\n`,
    );

    const hear = async (command: readonly string[], what: string, is: (message: Buffer) => boolean): Promise<void> => {
      drain(events);
      await run(command, { reject: false });
      const heard = await until(what, () => Promise.resolve(drain(events).find(is)), { within: 5000, every: 5 });
      print(`${what}: ${command.join(" ").replaceAll(a.overlay, "over").replaceAll(a.container(red), "red")}`, heard);
    };
    const typed =
      (type: number, byte?: number) =>
      (message: Buffer): boolean =>
        message.readUInt16LE(4) === type && (byte === undefined || message.readUInt8(16) === byte);
    const over = ["ip", "-n", a.overlay];
    const inRed = ["ip", "netns", "exec", a.container(red)];
    const device = ["dev", "vxlan1"];
    const mac = "02:42:07:07:00:03";
    await hear([...inRed, "ping", "-c", "1", "-W", "1", "7.7.0.3"], "L3 miss", typed(RTM.GETNEIGH, AF.INET));
    await run(["ip", "-n", a.container(red), "neigh", "replace", "7.7.0.3", "lladdr", mac, "dev", "eth0"]);
    await hear([...inRed, "ping", "-c", "1", "-W", "1", "7.7.0.3"], "L2 miss", typed(RTM.GETNEIGH, AF.INET));
    await hear([...inRed, "ping", "-c", "1", "-W", "1", "fe80::1%eth0"], "IPv6 miss", typed(RTM.GETNEIGH, AF.INET6));
    const neighbour = ["neigh", "replace", "7.7.0.3", "lladdr", mac, "nud", "permanent", "protocol", "111", ...device];
    await hear([...over, ...neighbour], "neighbour written", typed(RTM.NEWNEIGH, AF.INET));
    const fdb = ["bridge", "-n", a.overlay, "fdb"];
    const plain = ["replace", mac, ...device, "self", "extern_learn", "dst", "192.168.64.28"];
    await hear([...fdb, ...plain], "forwarding entry written", typed(RTM.NEWNEIGH, AF.BRIDGE));
    const odd = [
      "replace",
      "02:42:07:07:00:05",
      ...device,
      "self",
      "dst",
      "192.168.64.29",
      "vni",
      "43",
      "port",
      "4790",
    ];
    await hear([...fdb, ...odd], "forwarding entry with a VNI and a port of its own", typed(RTM.NEWNEIGH, AF.BRIDGE));

    const ask = (what: string, type: number, flags: number, payload: Buffer): void => {
      send(requests, marshalMessage({ type, flags: NLM_F.REQUEST | flags, sequence: 7, port: 0, payload }));
      drain(requests).forEach((datagram, index) => {
        print(`${what}, datagram ${index + 1}`, datagram);
      });
    };
    const entry = { interfaceIndex: 0, state: 0, flags: 0, type: 0 };
    ask(
      "ip -n over neigh show (all devices)",
      RTM.GETNEIGH,
      NLM_F.DUMP,
      marshalNeighbour({ ...entry, family: AF.INET }),
    );
    ask(
      "bridge -n over fdb show (all devices)",
      RTM.GETNEIGH,
      NLM_F.DUMP,
      marshalNeighbour({ ...entry, family: AF.BRIDGE }),
    );
    const refused = marshalNeighbour({ ...entry, family: AF.INET, destination: Buffer.from([7, 7]) });
    ask("refusal with a text: a neighbour whose address has two bytes", RTM.NEWNEIGH, NLM_F.ACK, refused);
    const absent = { family: AF.UNSPEC, type: 0, interfaceIndex: 9999, flags: 0 };
    ask(
      "refusal without a text: ip link set of an index that is nobody's",
      RTM.NEWLINK,
      NLM_F.ACK,
      marshalLink(absent),
    );

    await hear([...over, "neigh", "del", "7.7.0.3", ...device], "neighbour deleted", typed(RTM.DELNEIGH, AF.INET));
    await hear([...fdb, "del", mac, ...device, "self"], "forwarding entry deleted", typed(RTM.DELNEIGH, AF.BRIDGE));
    await hear([...over, "link", "set", "vxlan1", "nomaster"], "port left its bridge", typed(RTM.DELLINK, AF.BRIDGE));
    await hear([...over, "link", "set", "vxlan1", "down"], "link down", typed(RTM.NEWLINK, AF.UNSPEC));
    await hear([...over, "link", "del", "vxlan1"], "link gone", typed(RTM.DELLINK, AF.UNSPEC));
  } finally {
    sockets.forEach(close);
    await sites.remove();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
