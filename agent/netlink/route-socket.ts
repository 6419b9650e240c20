import {
  AF,
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
import { marshalMessage, type Message, unmarshalMessages } from "./message.js";
import { bind, close, receive, send, setOption, socket } from "./native.js";

/** What is asked of the kernel; the connection adds sequence numbers and the flags REQUEST and ACK or DUMP. */
export interface Request {
  readonly type: number;
  /** NLM_F_CREATE, NLM_F_REPLACE … */
  readonly flags: number;
  readonly payload: Buffer;
}

/** Requests and answers. {@link RouteSocket} in earnest; tests give one that plays the kernel. */
export interface RouteConnection {
  /** Has all requests carried out, and answers in their order whether each was. A refusal is an answer, not an error. */
  execute(requests: readonly Request[]): Ack[];
  /** Everything that `read` makes of a dump's messages, which are valid only during its call. @throws NetlinkError when the kernel refuses, or the table never holds still */
  dump<T>(request: Request, read: (message: Message) => T | undefined): T[];
  close(): void;
}

/** The kernel works a send off before it returns, and its acks wait in the receive buffer meanwhile: about 1 KiB each. */
const batchSize = 128;
const dumpAttempts = 8;
const timeLimit = 10;
const receiveBufferSize = 8 * 1024 * 1024;

/** A NETLINK_ROUTE socket for asking. The kernel answers at once, so all calls are synchronous. */
export class RouteSocket implements RouteConnection {
  readonly #fd: number;
  #sequence = 0;
  /** The kernel fills at most 32 KiB of a dump into one datagram (NLMSG_GOODSIZE and netlink_dump in net/netlink/af_netlink.c). */
  readonly #buffer = Buffer.allocUnsafe(64 * 1024);

  /** @throws NetlinkError */
  constructor() {
    this.#fd = openNetlink(0, 0);
    setOption(this.#fd, SOL_SOCKET, SO_RCVTIMEO, seconds(timeLimit));
    setOption(this.#fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    setOption(this.#fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    // Without it a dump's filter by interface is silently ignored for neighbours (neigh_valid_dump_req in net/core/neighbour.c).
    setOption(this.#fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
  }

  execute(requests: readonly Request[]): Ack[] {
    const acks: Ack[] = [];
    for (let start = 0; start < requests.length; start += batchSize) {
      acks.push(...this.#executeBatch(requests.slice(start, start + batchSize)));
    }
    return acks;
  }

  #executeBatch(requests: readonly Request[]): Ack[] {
    const first = this.#sequence + 1;
    const acks = new Array<Ack | undefined>(requests.length);
    let missing = requests.length;
    this.#send(requests.map((request) => this.#marshal(request, NLM_F.ACK)));
    while (missing > 0) {
      for (const message of this.#receive()) {
        const ack = message.type === NLMSG.ERROR ? unmarshalAck(message) : undefined;
        const index = (ack?.sequence ?? 0) - first;
        if (ack === undefined || index < 0 || index >= acks.length || acks[index] !== undefined) continue;
        acks[index] = ack;
        missing -= 1;
      }
    }
    return acks.filter((ack) => ack !== undefined);
  }

  dump<T>(request: Request, read: (message: Message) => T | undefined): T[] {
    for (let attempt = 0; attempt < dumpAttempts; attempt += 1) {
      const result = this.#dumpOnce(request, read);
      if (result !== undefined) return result;
    }
    throw new NetlinkError(`dump interrupted ${dumpAttempts} times by changes`, EINTR);
  }

  /** Undefined when the table changed meanwhile (NLM_F_DUMP_INTR): entries may be missing or twice (moby 00bf437d84). */
  #dumpOnce<T>(request: Request, read: (message: Message) => T | undefined): T[] | undefined {
    this.#send([this.#marshal(request, NLM_F.DUMP)]);
    const sequence = this.#sequence;
    const found: T[] = [];
    let interrupted = false;
    for (;;) {
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        interrupted ||= (message.flags & NLM_F.DUMP_INTR) !== 0;
        if (message.type === NLMSG.DONE || message.type === NLMSG.ERROR) {
          const ack = unmarshalAck(message);
          if (ack === undefined || ack.errno !== 0) throw new NetlinkError("dump", ack?.errno ?? EPROTO, ack?.text);
          return interrupted ? undefined : found;
        }
        const entry = read(message);
        if (entry !== undefined) found.push(entry);
      }
    }
  }

  close(): void {
    close(this.#fd);
  }

  #marshal({ type, flags, payload }: Request, kind: number): Buffer {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return marshalMessage({ type, flags: NLM_F.REQUEST | kind | flags, sequence: this.#sequence, port: 0, payload });
  }

  #send(messages: readonly Buffer[]): void {
    send(this.#fd, messages.length === 1 && messages[0] ? messages[0] : Buffer.concat(messages), null);
  }

  /** The next datagram's messages, valid until the next call. */
  #receive(): Message[] {
    const length = receive(this.#fd, this.#buffer, MSG_TRUNC);
    if (length === undefined) throw new NetlinkError(`no answer from the kernel within ${timeLimit} s`, ETIMEDOUT);
    if (length > this.#buffer.length) throw new NetlinkError("answer larger than the buffer", EMSGSIZE);
    return unmarshalMessages(this.#buffer.subarray(0, length)).messages;
  }
}

const EINTR = 4;
const EPROTO = 71;
const EMSGSIZE = 90;
const ETIMEDOUT = 110;
const EPERM = 1;

/**
 * A NETLINK_ROUTE socket that hears the groups of the mask. Half of 20 000 misses at once were lost with the default receive buffer, none
 * with 8 MiB; more than net.core.rmem_max takes CAP_NET_ADMIN in the initial user namespace (SO_RCVBUFFORCE).
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
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** `struct sockaddr_nl`: port zero lets the kernel choose. */
function netlinkAddress(groups: number): Buffer {
  const address = Buffer.alloc(12);
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
