import { execa, type Options, type ResultPromise } from "execa";

/** What tests may choose about a command; everything else is as for a command run by hand. */
export interface CommandOptions {
  /** Standard input; none when absent. */
  readonly input?: string;
  readonly cwd?: string;
  /** Laid over the process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** False: a failure is in the result (`exitCode`, `stderr`), not thrown. */
  readonly reject?: boolean;
  /** Milliseconds until the command is killed. */
  readonly timeout?: number;
  readonly cancelSignal?: AbortSignal;
  /** Standard input, output and error are this process's own; the result's texts are empty. */
  readonly terminal?: boolean;
}

/** A running command: a promise of its result (`stdout`, `stderr`, `exitCode`), and execa's child process (`kill`, `pid`). */
export type Command = ResultPromise<{ encoding: "utf8" }>;

/**
 * Runs `argv` without a shell.
 *
 * @throws execa's error, with the command and what it wrote to standard error, unless `reject` is false.
 */
export function run(argv: readonly string[], options: CommandOptions = {}): Command {
  const [file, ...args] = argv;
  if (file === undefined) throw new Error("an empty command");
  const { input, terminal, ...rest } = options;
  const streams: Options =
    terminal === true ? { stdio: "inherit" } : input === undefined ? { stdin: "ignore" } : { input };
  return execa(file, args, { ...rest, ...streams, encoding: "utf8" }) as Command;
}
