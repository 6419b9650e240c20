import { execFile, type ExecFileException } from "node:child_process";

/** What a command wrote. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A command that could not be started or did not succeed. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  readonly argv: readonly string[];
  readonly ran: Ran;

  constructor(argv: readonly string[], ran: Ran) {
    const said = (ran.stderr || ran.stdout).trim().replace(/\s*\n\s*/g, "; ");
    super(`${argv.join(" ")}: ${said || `exit status ${ran.exitCode}`}`);
    this.argv = argv;
    this.ran = ran;
  }
}

/** The one way to other programs, so that tests can put a model in its place. Always an argv, never a shell's line. */
export interface Runner {
  /** @throws CommandFailed unless the command ends with 0 */
  run(argv: readonly string[], input?: string): Promise<Ran>;
  /** Like {@link Runner.run}, with whatever exit status; 127 when the program is not there. */
  attempt(argv: readonly string[], input?: string): Promise<Ran>;
}

/** Milliseconds: no command of a batch takes longer; one that does hangs, and holds the host's lock. */
const timeout = 120_000;
/** Bytes: a dump of 100 000 entries is 20 MB. */
const maxBuffer = 256 * 1024 * 1024;

/**
 * Programs of this host: messages in English, since some are read, and the folders where Debian keeps tools for root. By Node's own execFile:
 * a batch is a dozen short programs, of whose time execa's promises and streams took a third.
 */
export const hostRunner: Runner = {
  async run(argv, input) {
    const ran = await this.attempt(argv, input);
    if (ran.exitCode !== 0) throw new CommandFailed(argv, ran);
    return ran;
  },
  attempt: ([program = "", ...args], input = "") =>
    new Promise((resolve) => {
      const env = {
        ...process.env,
        LC_ALL: "C",
        PATH: `/usr/local/sbin:/usr/sbin:/sbin:${process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"}`,
      };
      const options = { env, timeout, killSignal: "SIGKILL", maxBuffer } as const;
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr, exitCode: 0 });
        else if (typeof error.code === "number") resolve({ stdout, stderr, exitCode: error.code });
        else resolve({ stdout, stderr: `${stderr}${reasonOf(error)}`, exitCode: notRun });
      });
      // A program that ends without reading all it was given has its reasons, and tells them by its exit status.
      child.stdin?.on("error", () => undefined).end(input);
    }),
};

/** As a shell has it, for what could not be run to its end. */
const notRun = 127;

/** Why a program has no exit status. */
function reasonOf({ code, killed, signal, message }: ExecFileException): string {
  if (code !== undefined && code !== null) return message;
  return killed === true ? `was ended after ${timeout / 1000} s` : `was ended by ${signal}`;
}
