import { AF, SOCK } from "./constants.js";
import { socket } from "./native.js";

/** A TCP socket of the network namespace that this thread is in, not connected yet; for `net.Socket`, which closes it. @throws NetlinkError */
export function streamSocket(): number {
  return socket(AF.INET, SOCK.STREAM | SOCK.CLOEXEC | SOCK.NONBLOCK, 0);
}
