import type { ReadStream, WriteStream } from "node:tty";
import type { SshConnection } from "../ssh/connection.js";

/** The three standard files of this process. */
export interface Standard {
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, "isTTY" | "setRawMode" | "isRaw">>;
  readonly stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns" | "rows">>;
  readonly stderr: NodeJS.WritableStream;
}

/**
 * Runs a command on a host as if it ran here: standard files handed on, a terminal there when there is one here, whose size it follows. Answers its exit status; 255 when it was ended by a signal
 * or the connection broke.
 */
export async function attach(
  connection: SshConnection,
  argv: readonly string[],
  { stdin, stdout, stderr }: Standard = process,
): Promise<number> {
  const terminal = stdin.isTTY === true && stdout.isTTY === true;
  const { channel, exitCode } = await connection.start(argv, terminal ? windowOf(stdout) : undefined);
  const resized = (): void => {
    const { rows, cols, height, width } = windowOf(stdout);
    channel.setWindow(rows, cols, height, width);
  };
  if (terminal) {
    stdin.setRawMode?.(true);
    stdout.on("resize", resized);
  }
  stdin.pipe(channel);
  channel.pipe(stdout, { end: false });
  channel.stderr.pipe(stderr, { end: false });
  try {
    await new Promise<void>((resolve, reject) => {
      channel.once("error", reject);
      channel.once("close", () => {
        resolve();
      });
    });
  } finally {
    stdin.unpipe(channel);
    stdin.pause();
    if (terminal) {
      stdin.setRawMode?.(false);
      stdout.off("resize", resized);
    }
  }
  return exitCode() ?? 255;
}

function windowOf({ columns = 80, rows = 24 }: Standard["stdout"]): {
  rows: number;
  cols: number;
  height: number;
  width: number;
  term: string;
} {
  // Without a size in pixels (RFC 4254 section 6.2: zero is ignored).
  return { rows, cols: columns, height: 0, width: 0, term: process.env["TERM"] ?? "xterm" };
}
