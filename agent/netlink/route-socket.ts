import {
  AF,
  MSG_DONTWAIT,
  MSG_TRUNC,
  NETLINK_CAP_ACK,
  NETLINK_EXT_ACK,
  NETLINK_GET_STRICT_CHK,
  NETLINK_ROUTE,
  NLM_F,
  NLMSG,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_RCVTIMEO,
  SOCK,
  SOL_NETLINK,
  SOL_SOCKET,
} from "./constants.js";
import { type Ack, NetlinkError, unmarshalAck } from "./error.js";
import { MessageCursor, type MessagePlace } from "./message.js";
import { MessageBatch, type Request } from "./message-batch.js";
import { bind, close, connect, nameOf, receive, send, setOption, socket } from "./native.js";

/** What becomes of a dump's messages. */
export interface DumpReader {
  /** The dump begins, or begins again because the table changed meanwhile: what was read before does not count. */
  begin(): void;
  read(message: MessagePlace): void;
  /** Between two of the kernel's datagrams: a time for other work, with another connection. */
  pause?(): void;
}

/** Requests and answers. {@link RouteSocket} in earnest; tests give one that plays the kernel. */
export interface RouteConnection {
  /** Has all requests of a batch carried out in order. A refusal is told by the request's place in the batch, and is not an error. @throws NetlinkError when the kernel cannot be asked */
  execute(batch: MessageBatch, refused: (index: number, ack: Ack) => void): void;
  /** @throws NetlinkError when the kernel refuses, or the table never holds still */
  dump(request: Request, reader: DumpReader): void;
  /** Asks for one thing. Answers false when the kernel has none (ENOENT). @throws NetlinkError for any other refusal */
  get(request: Request, read: (message: MessagePlace) => void): boolean;
  close(): void;
}

const dumpAttempts = 8;
const timeLimit = 10;
const receiveBufferSize = 8 * 1024 * 1024;

/** A NETLINK_ROUTE socket for asking. The kernel answers at once, so all calls are synchronous. */
export class RouteSocket implements RouteConnection {
  readonly #fd: number;
  #sequence = 0;
  /** The kernel fills at most 32 KiB of a dump into one datagram (NLMSG_GOODSIZE and netlink_dump in net/netlink/af_netlink.c). */
  readonly #cursor = new MessageCursor(Buffer.allocUnsafeSlow(64 * 1024));
  readonly #single = new MessageBatch();

  /** @throws NetlinkError */
  constructor() {
    this.#fd = openNetlink(0, 0);
    setOption(this.#fd, SOL_SOCKET, SO_RCVTIMEO, seconds(timeLimit));
    setOption(this.#fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    setOption(this.#fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    // Without it a dump's filter by interface is silently ignored for neighbours (neigh_valid_dump_req in net/core/neighbour.c).
    setOption(this.#fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
  }

  /** The kernel has worked off what it was sent before send returns, and answers only for what it refuses (netlink_rcv_skb): silence is success. */
  execute(batch: MessageBatch, refused: (index: number, ack: Ack) => void): void {
    if (batch.count === 0) return;
    const first = (this.#sequence + 1) >>> 0;
    const last = batch.count - 1;
    this.#sequence = (first + last) >>> 0;
    batch.number(first);
    send(this.#fd, batch.bytes, batch.length);
    const cursor = this.#cursor;
    while (this.#receive(MSG_DONTWAIT)) {
      while (cursor.next()) {
        const index = (cursor.sequence - first) >>> 0;
        if (cursor.type !== NLMSG.ERROR || index > last) continue;
        const ack = unmarshalAck(cursor.message());
        if (ack !== undefined && ack.errno !== 0) refused(index, ack);
      }
    }
  }

  dump(request: Request, reader: DumpReader): void {
    for (let attempt = 0; attempt < dumpAttempts; attempt += 1) {
      reader.begin();
      if (this.#dumpOnce(request, reader)) return;
    }
    throw new NetlinkError(`dump interrupted ${dumpAttempts} times by changes`, EINTR);
  }

  /** Answers false when the table changed meanwhile (NLM_F_DUMP_INTR): entries may be missing or twice (moby 00bf437d84). */
  #dumpOnce(request: Request, reader: DumpReader): boolean {
    const sequence = this.#ask(request, NLM_F.DUMP);
    const cursor = this.#cursor;
    let interrupted = false;
    for (;;) {
      this.#await();
      while (cursor.next()) {
        if (cursor.sequence !== sequence) continue;
        interrupted ||= (cursor.flags & NLM_F.DUMP_INTR) !== 0;
        if (cursor.type === NLMSG.DONE || cursor.type === NLMSG.ERROR) {
          const ack = unmarshalAck(cursor.message());
          if (ack === undefined || ack.errno !== 0) throw new NetlinkError("dump", ack?.errno ?? EPROTO, ack?.text);
          return !interrupted;
        }
        reader.read(cursor);
      }
      reader.pause?.();
    }
  }

  get(request: Request, read: (message: MessagePlace) => void): boolean {
    const sequence = this.#ask(request, 0);
    const cursor = this.#cursor;
    for (;;) {
      this.#await();
      while (cursor.next()) {
        if (cursor.sequence !== sequence) continue;
        if (cursor.type !== NLMSG.ERROR) {
          read(cursor);
          return true;
        }
        const ack = unmarshalAck(cursor.message());
        if (ack?.errno === ENOENT) return false;
        throw new NetlinkError("get", ack?.errno ?? EPROTO, ack?.text);
      }
    }
  }

  /** What the kernel names this socket by where it tells of what it was asked: `nl_pid`. */
  get port(): number {
    return nameOf(this.#fd, addressSize).readUInt32LE(portAt);
  }

  close(): void {
    close(this.#fd);
  }

  /** Sends one request. Answers the sequence number by which its answers are known. */
  #ask({ type, flags, payload }: Request, kind: number): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    const single = this.#single;
    single.clear();
    single.add({ type, flags: flags | kind, payload });
    single.number(this.#sequence);
    send(this.#fd, single.bytes, single.length);
    return this.#sequence;
  }

  /** Takes the next datagram, which has to come; its messages are valid until the next call. */
  #await(): void {
    if (!this.#receive(0)) throw new NetlinkError(`no answer from the kernel within ${timeLimit} s`, ETIMEDOUT);
  }

  /** Answers whether there was a datagram. */
  #receive(flags: number): boolean {
    const { bytes } = this.#cursor;
    const length = receive(this.#fd, bytes, MSG_TRUNC | flags);
    if (length === undefined) return false;
    if (length > bytes.length) throw new NetlinkError("answer larger than the buffer", EMSGSIZE);
    this.#cursor.reset(0, length);
    return true;
  }
}

const ENOENT = 2;
const EINTR = 4;
const EPROTO = 71;
const EMSGSIZE = 90;
const ETIMEDOUT = 110;
const EPERM = 1;

/**
 * A NETLINK_ROUTE socket that hears the groups of the mask. Half of 20 000 misses at once were lost with the default receive buffer;
 * more than net.core.rmem_max takes CAP_NET_ADMIN in the initial user namespace (SO_RCVBUFFORCE).
 *
 * @throws NetlinkError
 */
export function openNetlink(groups: number, type: number, bufferSize = receiveBufferSize): number {
  const fd = socket(AF.NETLINK, SOCK.RAW | SOCK.CLOEXEC | type, NETLINK_ROUTE);
  try {
    try {
      setOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, bufferSize);
    } catch (error) {
      if (!(error instanceof NetlinkError) || error.errno !== EPERM) throw error;
      setOption(fd, SOL_SOCKET, SO_RCVBUF, bufferSize);
    }
    bind(fd, netlinkAddress(groups));
    // Spoken with the kernel alone: it takes no datagram that another socket sends to this port (netlink_getsockbyportid).
    connect(fd, netlinkAddress(0));
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** `struct sockaddr_nl` */
const addressSize = 12;
const portAt = 4;

/** Port zero lets the kernel choose, as a name of our own; of a peer it is the kernel. */
function netlinkAddress(groups: number): Buffer {
  const address = Buffer.alloc(addressSize);
  address.writeUInt16LE(AF.NETLINK, 0);
  address.writeUInt32LE(groups, 8);
  return address;
}

/** `struct timeval` */
function seconds(count: number): Buffer {
  const time = Buffer.alloc(16);
  time.writeBigInt64LE(BigInt(count), 0);
  return time;
}
