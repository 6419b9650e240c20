import { MSG_DONTWAIT, MSG_TRUNC, RTNLGRP, SOCK } from "./constants.js";
import { Datagrams } from "./datagrams.js";
import { NetlinkError } from "./error.js";
import { ignoreNeighboursOf } from "./filter.js";
import { MessageCursor, type MessagePlace } from "./message.js";
import { close, type PollHandle, pollReadable, receiveMany } from "./native.js";
import { openNetlink } from "./route-socket.js";

/**
 * How a drain ended.
 * - `empty`: everything was read
 * - `more`: the limit was reached; the event loop calls again when others had their turn
 * - `overrun`: the kernel has dropped messages because the buffer was full (ENOBUFS); nobody knows which, so everything is to be compared
 *   anew. Told when all that was left is read: until then the kernel drops whatever comes, and says so only the first time (netlink_overrun in
 *   net/netlink/af_netlink.c), so that an earlier comparison would miss what changes after it
 */
export type Drained = "empty" | "more" | "overrun";

export interface EventSocketOptions {
  /** Of the kernel's queue, in bytes; 32 MiB unless told. */
  readonly bufferSize?: number;
  /** Ports of sockets whose own neighbour entries are not told of. */
  readonly ignored?: readonly number[];
  /** Told the port of a program that sent a notice as if it were the kernel, which is not handed over. */
  readonly foreign?: (port: number) => void;
}

/**
 * The kernel counts twice that, and 832 bytes for a notice (measured): 80 000 fit, 20 000 misses at once and what is written for them. It
 * is memory only while it is filled.
 */
const queueSize = 32 * 1024 * 1024;
/** Datagrams received by one call; each has more room than any notice of a link takes (NLMSG_GOODSIZE is at most 8 KiB). */
const atOnce = 64;
const datagramSize = 8 * 1024;

/**
 * What the kernel says of its own accord about links, neighbours and forwarding entries of the namespace: misses too. Whoever has
 * CAP_NET_ADMIN in the namespace can send to its groups as well (netlink_sendmsg in net/netlink/af_netlink.c): only the sender's port tells.
 */
export class EventSocket {
  readonly #fd: number;
  readonly #datagrams = new Datagrams(atOnce, datagramSize, true);
  readonly #cursor = new MessageCursor(this.#datagrams.bytes);
  /** Whether something was lost since the queue was last empty. */
  #lost = false;
  readonly #foreign: ((port: number) => void) | undefined;
  /** Kept here, or the garbage collector would end the polling ({@link pollReadable}). */
  #poll: PollHandle | undefined;

  /** @throws NetlinkError */
  constructor({ bufferSize = queueSize, ignored = [], foreign }: EventSocketOptions = {}) {
    this.#foreign = foreign;
    const groups = (1 << (RTNLGRP.LINK - 1)) | (1 << (RTNLGRP.NEIGH - 1));
    this.#fd = openNetlink(groups, SOCK.NONBLOCK, bufferSize);
    if (ignored.length > 0) ignoreNeighboursOf(this.#fd, ignored);
  }

  /** Calls back from the event loop while there is something to {@link drain}. */
  listen(readable: () => void): void {
    this.#poll = pollReadable(this.#fd, readable);
  }

  /** Hands over about `limit` datagrams' messages at most, valid only during the call. @throws NetlinkError for all but an overrun */
  drain(limit: number, handle: (message: MessagePlace) => void): Drained {
    const { count } = this.#datagrams;
    for (let taken = 0; taken < limit; taken += count) {
      const received = this.#receive();
      if (received === undefined || !this.#handOver(received, handle)) this.#lost = true;
      // Not asked again for an answer that there is none: a miss waits, and the event loop knows.
      if (received !== undefined && received < count) return this.#ended();
    }
    return "more";
  }

  #ended(): Drained {
    const lost = this.#lost;
    this.#lost = false;
    return lost ? "overrun" : "empty";
  }

  /** How many datagrams came, undefined when others were lost. */
  #receive(): number | undefined {
    const { count } = this.#datagrams;
    try {
      return receiveMany(this.#fd, this.#datagrams.headerOf(0), count, MSG_DONTWAIT | MSG_TRUNC) ?? 0;
    } catch (error) {
      if (error instanceof NetlinkError && error.code === "ENOBUFS") return undefined;
      throw error;
    }
  }

  /** Answers false when one was longer than its room, which is as good as lost. */
  #handOver(received: number, handle: (message: MessagePlace) => void): boolean {
    const { size } = this.#datagrams;
    const cursor = this.#cursor;
    let whole = true;
    for (let index = 0; index < received; index += 1) {
      const length = this.#datagrams.lengthOf(index);
      if (length > size) {
        whole = false;
        continue;
      }
      const sender = this.#datagrams.senderOf(index);
      if (sender !== 0) {
        this.#foreign?.(sender);
        continue;
      }
      cursor.reset(index * size, index * size + length);
      while (cursor.next()) handle(cursor);
    }
    return whole;
  }

  close(): void {
    this.#poll?.stop();
    this.#poll?.close();
    close(this.#fd);
  }
}
