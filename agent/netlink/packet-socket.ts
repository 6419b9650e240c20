import { AF, SOCK } from "./constants.js";
import { close, send, socket } from "./native.js";

/** Sends whole Ethernet frames. Protocol zero: it receives none. Needs CAP_NET_RAW. */
export class PacketSocket {
  readonly #fd = socket(AF.PACKET, SOCK.RAW | SOCK.CLOEXEC | SOCK.NONBLOCK, 0);

  /** Puts a frame on an interface as if the host had made it. @throws NetlinkError, ENOBUFS when the interface's queue is full */
  send(interfaceIndex: number, frame: Buffer): void {
    send(this.#fd, frame, packetAddress(interfaceIndex));
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
