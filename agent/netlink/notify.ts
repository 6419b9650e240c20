import { AF, SOCK } from "./constants.js";
import { close, sendTo, socket } from "./native.js";

/**
 * Tells the service manager a state, `READY=1` or `WATCHDOG=1` (sd_notify(3)). Without a manager, which is when `socketPath` (the
 * variable NOTIFY_SOCKET) is absent, nothing happens. A leading `@` stands for the zero byte of an abstract address.
 *
 * @throws NetlinkError
 */
export function notifyManager(socketPath: string | undefined, state: string): void {
  if (socketPath === undefined || socketPath === "") return;
  const path = Buffer.from(socketPath.startsWith("@") ? `\0${socketPath.slice(1)}` : `${socketPath}\0`);
  const address = Buffer.alloc(2 + path.length);
  address.writeUInt16LE(AF.UNIX, 0);
  path.copy(address, 2);
  const fd = socket(AF.UNIX, SOCK.DGRAM | SOCK.CLOEXEC, 0);
  try {
    const text = Buffer.from(state);
    sendTo(fd, text, text.length, address);
  } finally {
    close(fd);
  }
}
