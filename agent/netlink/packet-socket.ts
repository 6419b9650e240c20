import { AF, SOCK } from "./constants.js";
import { Datagrams } from "./datagrams.js";
import { NetlinkError } from "./error.js";
import { bind, close, sendMany, socket } from "./native.js";

/** Frames sent by one call. */
const atOnce = 64;
/** An Ethernet frame without its checksum that fits everywhere. */
const frameSize = 1514;

/** Sends whole Ethernet frames. Protocol zero: it receives none. Needs CAP_NET_RAW. */
export class PacketSocket {
  readonly #fd = socket(AF.PACKET, SOCK.RAW | SOCK.CLOEXEC | SOCK.NONBLOCK, 0);
  readonly #datagrams = new Datagrams(atOnce, frameSize);

  /** @param interfaceIndex where its frames go @throws NetlinkError */
  constructor(interfaceIndex: number) {
    try {
      bind(this.#fd, packetAddress(interfaceIndex));
    } catch (error) {
      close(this.#fd);
      throw error;
    }
  }

  /**
   * Puts the first `count` frames on the interface as if the host had made them, in order. Those that cannot be sent are told by their
   * place, ENOBUFS when the interface's queue is full, and the others go all the same.
   */
  send(frames: readonly Buffer[], count: number, refused: (index: number, error: NetlinkError) => void): void {
    for (let first = 0; first < count; first += atOnce)
      this.#sendSome(frames, first, Math.min(count - first, atOnce), refused);
  }

  #sendSome(
    frames: readonly Buffer[],
    first: number,
    count: number,
    refused: (index: number, error: NetlinkError) => void,
  ): void {
    const datagrams = this.#datagrams;
    for (const [index, frame] of frames.slice(first, first + count).entries()) datagrams.put(index, frame);
    for (let gone = 0; gone < count;) {
      try {
        gone += sendMany(this.#fd, datagrams.headerOf(gone), count - gone);
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
        refused(first + gone, error);
        gone += 1;
      }
    }
  }

  close(): void {
    close(this.#fd);
  }
}

/** `struct sockaddr_ll`; the index alone matters (packet(7)). */
function packetAddress(interfaceIndex: number): Buffer {
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF.PACKET, 0);
  address.writeInt32LE(interfaceIndex, 4);
  return address;
}
