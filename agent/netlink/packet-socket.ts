import { AF, SOCK } from "./constants.js";
import { close, sendTo, socket } from "./native.js";

/** Sends whole Ethernet frames. Protocol zero: it receives none. Needs CAP_NET_RAW. */
export class PacketSocket {
  readonly #address: Buffer;
  readonly #fd = socket(AF.PACKET, SOCK.RAW | SOCK.CLOEXEC | SOCK.NONBLOCK, 0);

  /** @param interfaceIndex where its frames go */
  constructor(interfaceIndex: number) {
    this.#address = packetAddress(interfaceIndex);
  }

  /** Puts a frame on the interface as if the host had made it. @throws NetlinkError, ENOBUFS when the interface's queue is full */
  send(frame: Buffer): void {
    sendTo(this.#fd, frame, frame.length, this.#address);
  }

  close(): void {
    close(this.#fd);
  }
}

/** `struct sockaddr_ll`; for sending the index alone matters (packet(7)). */
function packetAddress(interfaceIndex: number): Buffer {
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF.PACKET, 0);
  address.writeInt32LE(interfaceIndex, 4);
  return address;
}
