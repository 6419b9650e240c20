import { NLM_F } from "./constants.js";
import { align, headerLength } from "./message.js";

/** A request of the kernel's; whoever sends it adds the sequence number and the flag DUMP. */
export interface Request {
  readonly type: number;
  /** NLM_F_CREATE, NLM_F_REPLACE … */
  readonly flags: number;
  readonly payload: Buffer;
}

/**
 * Requests put one behind the other into bytes that are used again and again. The kernel works a send off before it returns, and answers
 * for those it refuses wait in the receive buffer meanwhile, about 1 KiB each: `most` of them fit into the smallest one there is.
 */
export class MessageBatch {
  static readonly most = 128;
  readonly bytes = Buffer.alloc(MessageBatch.most * 128);
  #length = 0;
  #count = 0;

  get length(): number {
    return this.#length;
  }

  get count(): number {
    return this.#count;
  }

  get full(): boolean {
    return this.#count === MessageBatch.most;
  }

  /** Begins a request. Answers where its payload is to be written, every byte of it, padding too: what was there before is still there. */
  begin(type: number, flags: number, payloadLength: number): number {
    const { bytes } = this;
    const offset = this.#length;
    const length = headerLength + payloadLength;
    bytes.writeUInt32LE(length, offset);
    bytes.writeUInt16LE(type, offset + 4);
    bytes.writeUInt16LE(NLM_F.REQUEST | flags, offset + 6);
    bytes.writeUInt32LE(0, offset + 12);
    this.#length = offset + align(length);
    this.#count += 1;
    return offset + headerLength;
  }

  add({ type, flags, payload }: Request): void {
    this.bytes.set(payload, this.begin(type, flags, payload.length));
  }

  /** Numbers the requests from `first` on. */
  number(first: number): void {
    const { bytes } = this;
    let offset = 0;
    for (let index = 0; index < this.#count; index += 1) {
      bytes.writeUInt32LE((first + index) >>> 0, offset + 8);
      offset += align(bytes.readUInt32LE(offset));
    }
  }

  clear(): void {
    this.#length = 0;
    this.#count = 0;
  }
}
