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
