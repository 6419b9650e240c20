/**
 * Netlink messages, RFC 3549 section 2.3.2: `struct nlmsghdr` and a payload, numbers in the machine's byte order. Both processors that
 * an agent runs on, x86-64 and arm64, are little-endian.
 */
export interface Message {
  readonly type: number;
  readonly flags: number;
  /** Chosen by whoever asks; an answer repeats it. Zero in a notification. */
  readonly sequence: number;
  /** The port of the socket that asked; zero when the kernel speaks of its own accord. */
  readonly port: number;
  readonly payload: Buffer;
}

export const headerLength = 16;

/** The next multiple of four: NLMSG_ALIGN and NLA_ALIGN. */
export function align(length: number): number {
  return (length + 3) & ~3;
}

/** One message, padded so that another can follow. */
export function marshalMessage({ type, flags, sequence, port, payload }: Message): Buffer {
  const length = headerLength + payload.length;
  const bytes = Buffer.allocUnsafe(align(length)).fill(0);
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt16LE(type, 4);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt32LE(sequence, 8);
  bytes.writeUInt32LE(port, 12);
  bytes.set(payload, headerLength);
  return bytes;
}

/**
 * The messages of one datagram, their payloads views of it. Two can share a datagram. Ends at the first whose length cannot be true;
 * `rest` is how many bytes were not understood, zero for what a kernel sends.
 */
export function unmarshalMessages(datagram: Buffer): { readonly messages: Message[]; readonly rest: number } {
  const messages: Message[] = [];
  let offset = 0;
  while (offset + headerLength <= datagram.length) {
    const length = datagram.readUInt32LE(offset);
    if (length < headerLength || offset + length > datagram.length) break;
    messages.push({
      type: datagram.readUInt16LE(offset + 4),
      flags: datagram.readUInt16LE(offset + 6),
      sequence: datagram.readUInt32LE(offset + 8),
      port: datagram.readUInt32LE(offset + 12),
      payload: datagram.subarray(offset + headerLength, offset + length),
    });
    offset += align(length);
  }
  return { messages, rest: Math.max(0, datagram.length - offset) };
}

/** A message where it lies, in the datagram that it came in. */
export interface MessagePlace {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly bytes: Buffer;
  /** Where its payload begins and ends in `bytes`. */
  readonly start: number;
  readonly end: number;
}

/**
 * Goes through the messages of a datagram without an object for any of them: a resolver's flood of misses, and a table of a hundred
 * thousand entries, come this way. Ends where {@link unmarshalMessages} does.
 */
export class MessageCursor implements MessagePlace {
  type = 0;
  flags = 0;
  sequence = 0;
  start = 0;
  end = 0;
  readonly bytes: Buffer;
  #limit = 0;
  #next = 0;

  /** @param bytes that datagrams are received into */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Stands before the first message of the datagram between two places. */
  reset(start: number, end: number): void {
    this.#next = start;
    this.#limit = end;
  }

  /** Goes to the next message, if there is one. */
  next(): boolean {
    const { bytes } = this;
    const offset = this.#next;
    if (offset + headerLength > this.#limit) return false;
    const length = bytes.readUInt32LE(offset);
    if (length < headerLength || offset + length > this.#limit) return false;
    this.type = bytes.readUInt16LE(offset + 4);
    this.flags = bytes.readUInt16LE(offset + 6);
    this.sequence = bytes.readUInt32LE(offset + 8);
    this.start = offset + headerLength;
    this.end = offset + length;
    this.#next = offset + align(length);
    return true;
  }

  /** The message for those who want its parts; its payload is a view that the next datagram overwrites. */
  message(): Message {
    const { type, flags, sequence } = this;
    return { type, flags, sequence, port: 0, payload: this.bytes.subarray(this.start, this.end) };
  }
}
