import { readFileSync } from "node:fs";
import {
  AF,
  marshalMessage,
  marshalNeighbour,
  NetlinkError,
  NETLINK_ROUTE,
  RTM,
  RTNLGRP,
  SOCK,
} from "@overlaynet/agent/netlink/index";
import { inNamespace } from "@overlaynet/agent/netlink/namespace";
import { bind, close, sendTo, socket } from "@overlaynet/agent/netlink/native";
import { type Ip, macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { run } from "../hosts/command.js";
import { forwarding, neighbour, nobody, pink, Scene } from "../sites/scene.js";

/** What a program sends that plays the kernel: how often each, so that a single one that was missed cannot be it. */
const times = 20;
const bytesOf = (ip: Ip): Buffer => Buffer.from(ip.split(".").map(Number));

/** A program in the overlay's namespace that may do there what root may. */
class Forger {
  readonly #fd: number;

  constructor(readonly namespacePath: string) {
    this.#fd = inNamespace(namespacePath, () => socket(AF.NETLINK, SOCK.RAW | SOCK.CLOEXEC, NETLINK_ROUTE));
    bind(this.#fd, addressOf(0, 0));
  }

  /** Sends to all who hear of neighbours. Without NLM_F_REQUEST: the kernel takes no order from it (netlink_rcv_skb). */
  tellAll(type: number, payload: Buffer): void {
    this.#send(type, payload, addressOf(0, 1 << (RTNLGRP.NEIGH - 1)));
  }

  /** Sends to one socket alone. */
  tell(port: number, type: number, payload: Buffer): void {
    this.#send(type, payload, addressOf(port, 0));
  }

  close(): void {
    close(this.#fd);
  }

  #send(type: number, payload: Buffer, to: Buffer): void {
    const bytes = marshalMessage({ type, flags: 0, sequence: 0, port: 0, payload });
    sendTo(this.#fd, bytes, bytes.length, to);
  }
}

/** `struct sockaddr_nl` */
function addressOf(port: number, groups: number): Buffer {
  const address = Buffer.alloc(12);
  address.writeUInt16LE(AF.NETLINK, 0);
  address.writeUInt32LE(port, 4);
  address.writeUInt32LE(groups, 8);
  return address;
}

/** The ports of the NETLINK_ROUTE sockets of this thread's namespace that are not the kernel's (netlink_seq_show in net/netlink/af_netlink.c). */
function ports(): number[] {
  const lines = readFileSync("/proc/thread-self/net/netlink", "utf8").trim().split("\n").slice(1);
  const rows = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return rows.flatMap(([, protocol, port]) => (protocol === NETLINK_ROUTE && port ? [port] : []));
}

describe("the resolver and programs that play the kernel", function () {
  this.timeout(60_000);
  let scene: Scene;
  let forger: Forger | undefined;

  beforeEach(async () => {
    scene = await Scene.build({ resolve: "push" });
    await scene.a.startResolver();
  });

  afterEach(async () => {
    forger?.close();
    forger = undefined;
    await scene.remove();
  });

  const deviceIndex = async (): Promise<number> => {
    const { stdout } = await run(["ip", "-n", scene.a.overlay, "-j", "link", "show", "vxlan1"]);
    return (JSON.parse(stdout) as { ifindex: number }[])[0]?.ifindex ?? 0;
  };

  it("ignores notices that the kernel did not send, counts them and says so", async () => {
    const before = await scene.a.status();
    const about = { family: AF.INET, interfaceIndex: await deviceIndex(), flags: 0, type: 0 };
    const gone = marshalNeighbour({
      ...about,
      state: 0x80,
      destination: bytesOf(pink),
      linkAddress: Buffer.from(macOfIp(pink).replaceAll(":", ""), "hex"),
    });
    const miss = marshalNeighbour({ ...about, state: 0x04, destination: bytesOf(nobody) });
    forger = new Forger(scene.a.namespacePath);
    for (let time = 0; time < times; time += 1) {
      forger.tellAll(RTM.DELNEIGH, gone);
      forger.tellAll(RTM.GETNEIGH, miss);
    }
    const status = await scene.a.status();
    expect(status.foreignNotices).to.equal(2 * times);
    expect(status.misses).to.deep.equal(before.misses);
    expect(status.repaired).to.equal(before.repaired);
    expect(status.syncs).to.deep.equal(before.syncs);
    expect(scene.a.log).to.include("notices that the kernel did not send are ignored");
    const tables = await scene.a.tables();
    expect(tables).to.include(neighbour(pink)).and.to.include(forwarding(pink, scene.b.config.local));
  });

  it("takes nothing that is sent to one of its sockets alone", () => {
    const found = inNamespace(scene.a.namespacePath, ports);
    // One that listens, one that asks, one that answers misses.
    expect(found).to.have.lengthOf(3);
    forger = new Forger(scene.a.namespacePath);
    for (const port of found) {
      const refused = (): void => forger?.tell(port, RTM.GETNEIGH, Buffer.alloc(12));
      expect(refused).to.throw(NetlinkError).with.property("code", "ECONNREFUSED");
    }
  });
});
