import { addressOf } from "./native.js";

/** `struct iovec` and `struct mmsghdr` of a 64-bit machine (recvmmsg(2)), and where in the latter the parts are that are used. */
const vectorSize = 16;
const headerSize = 64;
const vectorAt = 16;
const vectorCountAt = 24;
const lengthAt = 56;
const nameLengthAt = 8;
/** `struct sockaddr_nl`: who sent a netlink datagram. */
const nameSize = 12;
const portAt = 4;

/** Room for several datagrams, so that one call receives or sends them all: a burst of misses then costs a fraction of a call each. */
export class Datagrams {
  /** How many there is room for. */
  readonly count: number;
  /** Bytes of each. */
  readonly size: number;
  /** Datagram `index` begins at `index * size`. */
  readonly bytes: Buffer;
  readonly #address: number;
  readonly #vectors: Buffer;
  readonly #headers: Buffer;
  readonly #names: Buffer | undefined;

  /** @param senders whether {@link senderOf} is wanted, of a netlink socket */
  constructor(count: number, size: number, senders = false) {
    this.count = count;
    this.size = size;
    this.bytes = Buffer.allocUnsafeSlow(count * size);
    this.#vectors = Buffer.allocUnsafeSlow(count * vectorSize);
    this.#headers = Buffer.allocUnsafeSlow(count * headerSize).fill(0);
    this.#address = addressOf(this.#headers);
    const [bytes, vectors] = [addressOf(this.bytes), addressOf(this.#vectors)];
    for (let index = 0; index < count; index += 1) {
      this.#vectors.writeBigUInt64LE(BigInt(bytes + index * size), index * vectorSize);
      this.#vectors.writeBigUInt64LE(BigInt(size), index * vectorSize + 8);
      this.#headers.writeBigUInt64LE(BigInt(vectors + index * vectorSize), index * headerSize + vectorAt);
      this.#headers.writeBigUInt64LE(1n, index * headerSize + vectorCountAt);
    }
    this.#names = senders ? this.#makeNames() : undefined;
  }

  #makeNames(): Buffer {
    const names = Buffer.allocUnsafeSlow(this.count * nameSize);
    const address = addressOf(names);
    for (let index = 0; index < this.count; index += 1) {
      this.#headers.writeBigUInt64LE(BigInt(address + index * nameSize), index * headerSize);
      this.#headers.writeUInt32LE(nameSize, index * headerSize + nameLengthAt);
    }
    return names;
  }

  /** Where the kernel finds the description of a datagram, those of the following behind it: for {@link receiveMany} and {@link sendMany}. */
  headerOf(index: number): number {
    return this.#address + index * headerSize;
  }

  /** Makes a datagram of the bytes, which have room. */
  put(index: number, bytes: Buffer): void {
    this.bytes.set(bytes, index * this.size);
    this.#vectors.writeUInt32LE(bytes.length, index * vectorSize + 8);
  }

  /** The length of a datagram that was received; with MSG_TRUNC the whole of one that is longer than its room. */
  lengthOf(index: number): number {
    return this.#headers.readUInt32LE(index * headerSize + lengthAt);
  }

  /** The port of the socket that sent a datagram which was received (`nl_pid`): zero is the kernel, and whoever did not ask for senders. */
  senderOf(index: number): number {
    return this.#names?.readUInt32LE(index * nameSize + portAt) ?? 0;
  }
}
