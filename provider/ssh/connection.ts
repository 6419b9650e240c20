import type { Client, ClientChannel, PseudoTtyOptions } from "ssh2";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { dial, DialFailure } from "./dial.js";
import { handshakes } from "./handshakes.js";
import { quote } from "./quote.js";
import type { Target } from "./target.js";

/** What a remote command printed, and how it ended: null when it was killed or the connection broke. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Started {
  readonly channel: ClientChannel;
  /** How it ended; null while it runs, and when it was killed. */
  readonly exitCode: () => number | null;
}

/** Keeps at most so much of what a remote command prints: a noisy shell must not fill memory. */
const outputLimit = 1024 * 1024;

/** A machine that is logged in to, the jump hosts on the way to it included. */
export class SshConnection {
  readonly #clients: readonly Client[];
  readonly #client: Client;

  private constructor(clients: readonly [...Client[], Client]) {
    this.#clients = clients;
    this.#client = clients[clients.length - 1] as Client;
  }

  /**
   * Dials until it succeeds, the target's limit of tries is reached, or the failure is one that another try cannot mend.
   *
   * @param tries the most tries; the target's own limit counts when it is smaller
   * @throws DialFailure of the last try
   */
  static async open(target: Target, tries = Number.POSITIVE_INFINITY): Promise<SshConnection> {
    const own = target.dialErrorLimit < 0 ? Number.POSITIVE_INFINITY : Math.max(1, target.dialErrorLimit);
    const limit = Math.min(own, tries);
    const longest = Math.max(5000, target.dialRetryWait);
    let wait = target.dialRetryWait;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return new SshConnection(await dialAll(target));
      } catch (error) {
        if (!(error instanceof DialFailure) || error.kind !== "network" || attempt >= limit) throw error;
      }
      await delay(wait, undefined, { ref: true });
      wait = Math.min(longest, wait * 2);
    }
  }

  /** Calls back once, when the connection is gone. */
  onClose(listener: () => void): void {
    this.#client.once("close", listener);
  }

  /** Starts a command with a channel of its own. @param pty a terminal for it @throws Error when the host opens no channel */
  async start(argv: readonly string[], pty?: PseudoTtyOptions): Promise<Started> {
    return new Promise((resolve, reject) => {
      this.#client.exec(quote(argv), pty === undefined ? {} : { pty }, (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        let code: number | null = null;
        // Now, not after the promise is looked at: the end of a short command can arrive together with the news that it began.
        channel.on("exit", (exitCode: number | null) => (code = exitCode));
        resolve({ channel, exitCode: () => code });
      });
    });
  }

  /** Runs a command to its end, `input` on its standard input. */
  async run(argv: readonly string[], input?: Duplex | NodeJS.ReadableStream): Promise<CommandResult> {
    const { channel, exitCode } = await this.start(argv);
    return new Promise((resolve, reject) => {
      const text = { stdout: "", stderr: "" };
      channel.on("data", (chunk: Buffer) => (text.stdout = keep(text.stdout, chunk)));
      channel.stderr.on("data", (chunk: Buffer) => (text.stderr = keep(text.stderr, chunk)));
      channel.on("error", reject);
      channel.on("close", () => {
        resolve({ code: exitCode(), ...text });
      });
      if (input === undefined) channel.end();
      else input.on("error", reject).pipe(channel);
    });
  }

  /** Says good-bye; the last jump host last. */
  end(): void {
    for (const client of [...this.#clients].reverse()) client.end();
  }

  /** Drops the connection without a word. */
  destroy(): void {
    for (const client of [...this.#clients].reverse()) client.destroy();
  }
}

function keep(text: string, chunk: Buffer): string {
  return text.length > outputLimit ? text : text + chunk.toString("utf8");
}

async function dialAll(target: Target): Promise<[...Client[], Client]> {
  if (target.proxy === undefined) return [await handshakes(target, () => dial(target))];
  const before = await dialAll(target.proxy);
  const last = before[before.length - 1] as Client;
  try {
    const stream = await forward(last, target);
    return [...before, await handshakes(target, () => dial(target, stream))];
  } catch (error) {
    for (const client of before) client.destroy();
    throw error;
  }
}

function forward(client: Client, target: Target): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, target.host, target.port, (error, stream) => {
      if (error === undefined) resolve(stream);
      else {
        const jump = target.proxy?.host ?? "";
        reject(
          new DialFailure(
            "network",
            `the jump host ${jump} cannot reach ${target.host}:${target.port} (${error.message})`,
          ),
        );
      }
    });
  });
}
