import { AF, SOCK } from "./constants.js";
import { NetlinkError } from "./error.js";
import { close, sendTo, socket } from "./native.js";

/**
 * Tells the service manager a state, `READY=1` or `WATCHDOG=1` (sd_notify(3)). Without a manager, which is when `socketPath` (the
 * variable NOTIFY_SOCKET) is absent, nothing happens. A leading `@` stands for the zero byte of an abstract address.
 *
 * Answers whether it was told. A manager that is gone is no reason to do anything else differently: a resolver that could not say STOPPING=1
 * must still stop.
 */
export function notifyManager(socketPath: string | undefined, state: string): boolean {
  if (socketPath === undefined || socketPath === "") return false;
  const path = Buffer.from(socketPath.startsWith("@") ? `\0${socketPath.slice(1)}` : `${socketPath}\0`);
  const address = Buffer.alloc(2 + path.length);
  address.writeUInt16LE(AF.UNIX, 0);
  path.copy(address, 2);
  const fd = socket(AF.UNIX, SOCK.DGRAM | SOCK.CLOEXEC, 0);
  try {
    const text = Buffer.from(state);
    sendTo(fd, text, text.length, address);
    return true;
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    return false;
  } finally {
    close(fd);
  }
}
