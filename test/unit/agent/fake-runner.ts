import { CommandFailed, type Ran, type Runner } from "@overlaynet/agent/reconcile/runner";

/** Answers a command by its words; undefined: it succeeds and says nothing. */
export type Reply = (line: string, input: string) => Partial<Ran> | undefined;

/** Stands for a host's programs: remembers what was run and answers as told. */
export class FakeRunner implements Runner {
  /** The commands in their order, each as one line. */
  readonly lines: string[] = [];
  readonly inputs: string[] = [];
  reply: Reply;

  constructor(reply: Reply = () => undefined) {
    this.reply = reply;
  }

  async run(argv: readonly string[], input?: string): Promise<Ran> {
    const ran = await this.attempt(argv, input);
    if (ran.exitCode !== 0) throw new CommandFailed(argv, ran);
    return ran;
  }

  attempt(argv: readonly string[], input = ""): Promise<Ran> {
    this.lines.push(argv.join(" "));
    this.inputs.push(input);
    return Promise.resolve({ stdout: "", stderr: "", exitCode: 0, ...this.reply(argv.join(" "), input) });
  }
}
