import { rmSync } from "node:fs";
import { AF, SOCK } from "@overlaynet/agent/netlink/index";
import { bind, close, receive, socket } from "@overlaynet/agent/netlink/native";
import { until } from "@overlaynet/test/hosts/poll";

/** The service manager's end of sd_notify(3): a daemon that says `READY=1` to {@link NotifySocket.path} is ready. */
export class NotifySocket {
  readonly path: string;
  readonly #fd = socket(AF.UNIX, SOCK.DGRAM | SOCK.NONBLOCK | SOCK.CLOEXEC, 0);
  readonly #buffer = Buffer.alloc(4096);

  constructor(path: string) {
    this.path = path;
    rmSync(path, { force: true });
    bind(this.#fd, Buffer.concat([Buffer.from([AF.UNIX, 0]), Buffer.from(`${path}\0`)]));
  }

  /** Waits for READY=1. @param failure answers why it will not come, once that is known */
  async ready(failure: () => string | undefined, within: number): Promise<void> {
    await until(
      "the daemon is ready",
      () => {
        const why = failure();
        if (why !== undefined) throw new Error(`the daemon ended before it was ready: ${why}`);
        const length = receive(this.#fd, this.#buffer);
        return Promise.resolve(length !== undefined && this.#buffer.toString("utf8", 0, length).includes("READY=1"));
      },
      { within, every: 1 },
    );
  }

  close(): void {
    close(this.#fd);
    rmSync(this.path, { force: true });
  }
}
