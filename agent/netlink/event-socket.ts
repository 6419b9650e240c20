import { MSG_DONTWAIT, MSG_TRUNC, RTNLGRP, SOCK } from "./constants.js";
import { NetlinkError } from "./error.js";
import { MessageCursor, type MessagePlace } from "./message.js";
import { close, type PollHandle, pollReadable, receive } from "./native.js";
import { openNetlink } from "./route-socket.js";

/**
 * How a drain ended.
 * - `empty`: everything was read
 * - `more`: the limit was reached; the event loop calls again when others had their turn
 * - `overrun`: the kernel dropped messages because the buffer was full (ENOBUFS); nobody knows which, so everything is to be compared anew
 */
export type Drained = "empty" | "more" | "overrun";

/** What the kernel says of its own accord about links, neighbours and forwarding entries of the namespace: misses too. */
export class EventSocket {
  readonly #fd: number;
  readonly #cursor = new MessageCursor(Buffer.allocUnsafeSlow(64 * 1024));
  /** Kept here, or the garbage collector would end the polling ({@link pollReadable}). */
  #poll: PollHandle | undefined;

  /** @param bufferSize of the kernel's queue, in bytes; 8 MiB unless told @throws NetlinkError */
  constructor(bufferSize?: number) {
    const groups = (1 << (RTNLGRP.LINK - 1)) | (1 << (RTNLGRP.NEIGH - 1));
    this.#fd = openNetlink(groups, SOCK.NONBLOCK, bufferSize);
  }

  /** Calls back from the event loop while there is something to {@link drain}. */
  listen(readable: () => void): void {
    this.#poll = pollReadable(this.#fd, readable);
  }

  /** Hands over at most `limit` datagrams' messages, valid only during the call. @throws NetlinkError for all but an overrun */
  drain(limit: number, handle: (message: MessagePlace) => void): Drained {
    const cursor = this.#cursor;
    for (let count = 0; count < limit; count += 1) {
      let length: number | undefined;
      try {
        length = receive(this.#fd, cursor.bytes, MSG_DONTWAIT | MSG_TRUNC);
      } catch (error) {
        if (error instanceof NetlinkError && error.code === "ENOBUFS") return "overrun";
        throw error;
      }
      if (length === undefined) return "empty";
      cursor.reset(Math.min(length, cursor.bytes.length));
      while (cursor.next()) handle(cursor);
    }
    return "more";
  }

  close(): void {
    this.#poll?.stop();
    this.#poll?.close();
    close(this.#fd);
  }
}
