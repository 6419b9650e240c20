import { getSystemErrorMessage, getSystemErrorName } from "./errno.js";
import { type Attribute, marshalAttributes, readText, readUint32, text, unmarshalAttributes } from "./attribute.js";
import { NLM_F, NLMSG, NLMSGERR_ATTR } from "./constants.js";
import { align, headerLength, type Message } from "./message.js";

/** The kernel's answer to a request that asked for one: an errno of zero is success. */
export interface Ack {
  readonly sequence: number;
  /** Positive, as in errno.h. */
  readonly errno: number;
  /** What the kernel says beyond the number, where it does (extended ACK). */
  readonly text?: string;
  /** Where in the request, counted in bytes from its header, the kernel found what it refuses. */
  readonly offset?: number;
}

/** A request that the kernel refused, or a call that failed. `code` is the errno's name: callers switch on it, never on the text. */
export class NetlinkError extends Error {
  override readonly name = "NetlinkError";
  readonly errno: number;
  readonly code: string;

  constructor(operation: string, errno: number, extended?: string) {
    super(`${operation}: ${describe({ errno, ...(extended === undefined ? {} : { text: extended }) })}`);
    this.errno = errno;
    this.code = getSystemErrorName(errno);
  }
}

/** In words: `No such device (ENODEV)`, or the kernel's own where it gave any. */
export function describe({ errno, text: said, offset }: Omit<Ack, "sequence">): string {
  const where = offset === undefined ? "" : `, at byte ${offset} of the request`;
  return `${said ?? getSystemErrorMessage(errno)} (${getSystemErrorName(errno)}${where})`;
}

/** The answer in an NLMSG_ERROR, or in an NLMSG_DONE that ends a dump, or undefined when it is too short to be one. */
export function unmarshalAck(message: Message): Ack | undefined {
  const { payload, flags, sequence } = message;
  if (payload.length < 4) return message.type === NLMSG.DONE ? { sequence, errno: 0 } : undefined;
  const errno = Math.abs(payload.readInt32LE(0));
  if ((flags & NLM_F.ACK_TLVS) === 0) return { sequence, errno };
  const ack: { -readonly [Key in keyof Ack]: Ack[Key] } = { sequence, errno };
  for (const { type, data } of unmarshalAttributes(payload.subarray(offsetOfAttributes(message)))) {
    const number = type === NLMSGERR_ATTR.OFFS ? readUint32(data) : undefined;
    if (type === NLMSGERR_ATTR.MSG) ack.text = readText(data);
    if (number !== undefined) ack.offset = number;
  }
  return ack;
}

/** An error's payload is the number, the request's header, and unless capped the rest of the request; a dump's end has the number alone. */
function offsetOfAttributes({ type, flags, payload }: Message): number {
  if (type === NLMSG.DONE) return 4;
  const request = payload.length >= 8 ? (readUint32(payload.subarray(4, 8)) ?? headerLength) : headerLength;
  return 4 + ((flags & NLM_F.CAPPED) === 0 ? Math.min(align(request), payload.length) : headerLength);
}

/** The payload of an NLMSG_ERROR, capped: what a kernel answers, for those that play one. */
export function marshalAck(errno: number, requestHeader: Buffer, said?: string): Buffer {
  const number = Buffer.alloc(4);
  number.writeInt32LE(-errno, 0);
  const attributes: Attribute[] = said === undefined ? [] : [text(NLMSGERR_ATTR.MSG, said)];
  return Buffer.concat([number, requestHeader.subarray(0, headerLength), marshalAttributes(attributes)]);
}
