import { execa } from "execa";

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

/** No command of a batch takes longer; one that does hangs, and holds the host's lock. */
const timeout = 120_000;

/** Programs of this host: messages in English, since some are read, and the folders where Debian keeps tools for root. */
export const hostRunner: Runner = {
  async run(argv, input) {
    const ran = await this.attempt(argv, input);
    if (ran.exitCode !== 0) throw new CommandFailed(argv, ran);
    return ran;
  },
  async attempt(argv, input) {
    const [program, ...args] = argv;
    const result = await execa(program ?? "", args, {
      input: input ?? "",
      reject: false,
      timeout,
      maxBuffer: 256 * 1024 * 1024,
      stripFinalNewline: false,
      env: {
        LC_ALL: "C",
        PATH: `/usr/local/sbin:/usr/sbin:/sbin:${process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"}`,
      },
    });
    const missing = result.exitCode === undefined;
    return {
      stdout: result.stdout,
      stderr: missing ? `${result.stderr}${result.originalMessage ?? "could not be run"}` : result.stderr,
      exitCode: result.exitCode ?? 127,
    };
  },
};
