import { marshalMessage, NLM_F, SOCK } from "@overlaynet/agent/netlink/index";
import { inNamespace } from "@overlaynet/agent/netlink/namespace";
import { close, receive, send, setOption } from "@overlaynet/agent/netlink/native";
import { openNetlink } from "@overlaynet/agent/netlink/route-socket";
import {
  NETLINK_CAP_ACK,
  NETLINK_EXT_ACK,
  NETLINK_GET_STRICT_CHK,
  RTNLGRP,
  SOL_NETLINK,
} from "@overlaynet/agent/netlink/constants";
import { run } from "../hosts/command.js";
import { until } from "../hosts/poll.js";
import { wordsOf } from "./words.js";

/** The kernel cuts a dump into datagrams by what the reader takes at a time: small, so that a dump of few links takes several. */
const buffer = Buffer.alloc(8 * 1024);
const sequence = 7;

/** Sockets in a namespace, and what the kernel says by them on standard output. */
export class Recorder {
  readonly #events: number;
  readonly #requests: number;
  readonly #uncapped: number;
  readonly #plain: (text: string) => string;

  /** @param plain takes this run's own names out of what is printed */
  constructor(namespacePath: string, plain: (text: string) => string) {
    const open = (groups: number): number => inNamespace(namespacePath, () => openNetlink(groups, SOCK.NONBLOCK));
    this.#events = open((1 << (RTNLGRP.LINK - 1)) | (1 << (RTNLGRP.NEIGH - 1)));
    this.#requests = open(0);
    this.#uncapped = open(0);
    for (const fd of [this.#requests, this.#uncapped]) {
      setOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
      setOption(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
    }
    setOption(this.#requests, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    this.#plain = plain;
  }

  /** Runs a command and prints the first datagram of a type and family that it makes the kernel send to all. */
  async hear(title: string, command: readonly string[], type: number, family: number): Promise<void> {
    drain(this.#events);
    const { stderr } = await run(command, { reject: false });
    const is = (message: Buffer): boolean => message.readUInt16LE(4) === type && message.readUInt8(16) === family;
    const heard = await until(
      `${title}: ${command.join(" ")}`,
      () => Promise.resolve(drain(this.#events).find(is)),
      { within: 5000, every: 5 },
      () => Promise.resolve(stderr),
    );
    this.#print(`${title}: ${command.join(" ")}`, heard);
  }

  /** Asks and prints the whole answer. */
  ask(title: string, type: number, flags: number, payload: Buffer, { capped = true } = {}): void {
    const fd = capped ? this.#requests : this.#uncapped;
    request(fd, type, flags, payload);
    this.#printAll(title, fd);
  }

  /** Asks; the answer waits for {@link Recorder.printAnswers}. */
  begin(type: number, flags: number, payload: Buffer): void {
    request(this.#requests, type, flags, payload);
  }

  printAnswers(title: string): void {
    this.#printAll(title, this.#requests);
  }

  close(): void {
    [this.#events, this.#requests, this.#uncapped].forEach(close);
  }

  #printAll(title: string, fd: number): void {
    drain(fd).forEach((datagram, index) => {
      this.#print(`${title}, datagram ${index + 1}`, datagram);
    });
  }

  #print(title: string, bytes: Buffer): void {
    const hex = bytes.toString("hex").match(/.{1,96}/g) ?? [];
    const words = wordsOf(bytes).map((line) => `> ${line}`);
    process.stdout.write(`== ${this.#plain(title)}\n${[...hex, ...words].join("\n")}\n\n`);
  }
}

function request(fd: number, type: number, flags: number, payload: Buffer): void {
  send(fd, marshalMessage({ type, flags: NLM_F.REQUEST | flags, sequence, port: 0, payload }));
}

/** All that waits in a socket, until there is nothing. */
function drain(fd: number): Buffer[] {
  const datagrams: Buffer[] = [];
  for (let length = receive(fd, buffer); length !== undefined; length = receive(fd, buffer)) {
    datagrams.push(Buffer.from(buffer.subarray(0, length)));
  }
  return datagrams;
}
