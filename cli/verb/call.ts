import { HostProblem, type HostOptions, type OperatorHosts, UsageError } from "@overlaynet/core/operator/index";
import { printable } from "@overlaynet/core/printable";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Problem } from "../document/problem.js";
import { Exit } from "../exit.js";
import { styleFor } from "../output/style.js";
import type { World } from "../world.js";

/** Options that every verb has which asks hosts. */
export interface CommonOptions {
  readonly stack?: string;
  readonly cwd?: string;
  readonly host?: readonly string[];
  readonly identity?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly json?: boolean;
}

/** Makes a verb of the program that asks hosts: name, arguments and help as commander takes them. */
export function hostVerb(program: Command, world: World, nameAndArguments: string): Command {
  const verb = program.command(nameAndArguments);
  if (world.place === "host") return verb;
  return verb
    .option("-s, --stack <name>", "the stack whose hosts are meant; the selected one by default")
    .option("-C, --cwd <folder>", "the Pulumi project's folder; this one by default")
    .option(
      "-H, --host <host>",
      "only this host of the stack; or, without a stack, name=user@address (repeatable)",
      collect,
    )
    .option("-i, --identity <file>", "private key for hosts given by hand")
    .addOption(new Option("--timeout <seconds>", "for a host to let us in").default(15).argParser(seconds));
}

/** `--json`, with the document's schema named in the help. */
export function jsonOption(verb: Command, schema: string): Command {
  return verb.option("--json", `print one JSON document (${schema} in docs/cli.md)`);
}

/** Examples below a verb's help. */
export function examples(verb: Command, ...lines: readonly (readonly [command: string, meaning: string])[]): Command {
  const width = Math.max(...lines.map(([command]) => command.length));
  const text = lines.map(([command, meaning]) => `  ${command.padEnd(width)}  ${meaning}`).join("\n");
  return verb.addHelpText("after", `\nExamples:\n${text}`);
}

/** Finds the hosts, does the work, ends every connection whatever came of it. */
export async function withHosts<T>(
  world: World,
  options: CommonOptions,
  work: (hosts: OperatorHosts) => Promise<T>,
): Promise<T> {
  const { stack, cwd, host = [], identity, timeout = 15 } = options;
  const wanted: HostOptions = { stack, cwd, host, identity, timeout: 1000 * timeout };
  const hosts = await world.hosts(wanted);
  try {
    return await work(hosts);
  } finally {
    await hosts.close();
  }
}

/** The exit status for what was found wrong. */
export function exitFor(problems: readonly Pick<Problem, "kind">[]): Exit {
  if (problems.some(({ kind }) => kind === "wrong")) return Exit.Wrong;
  return problems.length > 0 ? Exit.Unreachable : Exit.Well;
}

/** The exit status of an error, which is printed as one line; anything that nobody foresaw is thrown on. */
export function explain(world: World, error: unknown): Exit {
  const style = styleFor(world.err, world.env);
  const say = (exit: Exit, message: string): Exit => {
    world.err.write(`${style.bad("error:")} ${printable(message)}\n`);
    return exit;
  };
  if (error instanceof UsageError) return say(Exit.Usage, error.message);
  if (error instanceof HostProblem) {
    return say(error.kind === "failed" ? Exit.Wrong : Exit.Unreachable, error.message);
  }
  throw error;
}

/** Prints a document as JSON for programs. */
export function printJson(world: World, document: unknown): void {
  world.out.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** For an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** A positive number of seconds. @throws InvalidArgumentError, which commander tells with the option's name */
export function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 3600) return value;
  throw new InvalidArgumentError("expected a number of seconds, above 0 and at most 3600");
}

/** A whole number within limits. @throws InvalidArgumentError, which commander tells with the option's name */
export function whole(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected ${what}, ${least} to ${most}`);
  };
}
