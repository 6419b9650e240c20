import { copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { pulumiEnvironment } from "@overlaynet/tools/pulumi/environment";
import type { Command } from "../hosts/command.js";
import type { Fleet } from "./fleet.js";
import type { Topology } from "./topology.js";

/** What an operation of the engine came to. */
export interface Outcome {
  readonly ok: boolean;
  /** All that it printed, as an operator saw it. */
  readonly output: string;
}

/** An operation that is under way. */
export interface Operation {
  /** The process; a signal to it is what Ctrl-C is. */
  readonly command: Pick<Command, "kill">;
  readonly outcome: Promise<Outcome>;
  /** What it has printed so far. */
  readonly printed: () => string;
}

/** The checkout, seen from where this file is compiled to. */
const checkout = join(__dirname, "..", "..", "..");

/** The operator's command of this checkout. */
const overlaynet = [process.execPath, join(checkout, "sdk", "dist", "bin.js")];

/** Milliseconds after which an operation counts as hung. */
const HUNG = 300_000;

/** A real Pulumi stack with a program of its own, run from the operator's place in a fleet. */
export class Stack {
  private constructor(
    private readonly fleet: Fleet,
    readonly name: string,
    readonly folder: string,
    private readonly environment: Record<string, string>,
  ) {}

  /** An empty stack whose program declares what {@link declare} says, its backend and all its files below the fleet's state folder. */
  static async create(fleet: Fleet, name: string, environment: Record<string, string> = {}): Promise<Stack> {
    const program = join(checkout, "test", "checks", "program.cjs");
    const stack = await Stack.of(fleet, name, program, environment);
    await stack.declare({ overlays: {}, containers: {} });
    return stack;
  }

  /** An empty stack of a compiled program of the checkout; its backend and all its files are below the fleet's state folder. */
  static async of(
    fleet: Fleet,
    name: string,
    program: string,
    environment: Record<string, string> = {},
  ): Promise<Stack> {
    const folder = await Stack.folder(fleet, name);
    await symlink(join(checkout, "node_modules"), join(folder, "node_modules"));
    await copyFile(program, join(folder, "index.js"));
    return Stack.inFolder(fleet, name, folder, environment);
  }

  /** An empty folder for a stack's program, below the fleet's state folder. */
  static async folder(fleet: Fleet, name: string): Promise<string> {
    const folder = join(fleet.stateDir, "stacks", name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /**
   * An empty stack of the program that is in a folder.
   *
   * @param given laid over the environment; `PATH` goes before the usual one: another `node`, for instance
   * @param main the program's file, as Pulumi.yaml says it
   */
  static async inFolder(
    fleet: Fleet,
    name: string,
    folder: string,
    { PATH, ...given }: Record<string, string> = {},
    main = "index.js",
  ): Promise<Stack> {
    const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
    await writeFile(join(folder, "Pulumi.yaml"), `name: ${name}\n${runtime}main: ${main}\n`);
    const environment: Record<string, string> = {
      ...(await pulumiEnvironment(join(folder, ".pulumi-state"))),
      ...given,
    };
    if (PATH !== undefined) environment["PATH"] = [PATH, environment["PATH"]].join(delimiter);
    const stack = new Stack(fleet, name, folder, environment);
    const init = await stack.pulumi(["stack", "init", "test"]);
    if (!init.ok) throw new Error(`pulumi stack init: ${init.output}`);
    return stack;
  }

  /** Changes what the program declares; nothing is done until the next operation. */
  async declare(topology: Topology): Promise<void> {
    await writeFile(join(this.folder, "topology.json"), JSON.stringify(topology, undefined, 2));
  }

  preview(...options: string[]): Promise<Outcome> {
    return this.pulumi(["preview", "--diff", ...options]);
  }

  up(...options: string[]): Promise<Outcome> {
    return this.pulumi(["up", "--yes", "--skip-preview", "--diff", ...options]);
  }

  refresh(...options: string[]): Promise<Outcome> {
    return this.pulumi(["refresh", "--yes", "--skip-preview", "--diff", ...options]);
  }

  destroy(...options: string[]): Promise<Outcome> {
    return this.pulumi(["destroy", "--yes", "--skip-preview", ...options]);
  }

  /** The stack's state as `pulumi stack export` prints it, secrets encrypted. */
  async export(): Promise<string> {
    const { ok, output } = await this.pulumi(["stack", "export"]);
    if (!ok) throw new Error(output);
    return output;
  }

  /** Sets the stack's configuration; a key of the form `a.b` is a path. Secret ones are encrypted. */
  async configure(
    values: Readonly<Record<string, string>>,
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const flags = (kind: string, all: Readonly<Record<string, string>>): string[] =>
      Object.entries(all).flatMap(([key, value]) => [kind, `${key}=${value}`]);
    const argv = ["config", "set-all", "--path", ...flags("--plaintext", values), ...flags("--secret", secrets)];
    const { ok, output } = await this.pulumi(argv);
    if (!ok) throw new Error(`pulumi config: ${output}`);
  }

  /** Replaces the stack's state by an exported one. */
  async import(file: string): Promise<void> {
    const { ok, output } = await this.pulumi(["stack", "import", "--file", file]);
    if (!ok) throw new Error(`pulumi stack import: ${output}`);
  }

  /**
   * Runs the operator's command of this checkout in the stack's folder, in the operator's network, and answers how it ended and what it printed.
   *
   * @param input its standard input, nothing unless given
   * @param terminal runs these words of a shell's with a terminal of 33 rows and 111 columns instead (script(1)); all that is written there is standard output
   */
  async overlaynet(
    argv: readonly string[],
    { input = "", terminal }: { readonly input?: string; readonly terminal?: string } = {},
  ): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
    const whole =
      terminal === undefined
        ? [...overlaynet, ...argv]
        : ["script", "-qec", `stty rows 33 cols 111; ${overlaynet.join(" ")} ${terminal}`, "/dev/null"];
    const { exitCode, stdout, stderr } = await this.#run(whole, input);
    return { exitCode, stdout, stderr };
  }

  /** Starts the operator's command for what it does until somebody ends it. */
  startOverlaynet(argv: readonly string[]): Command {
    return this.#run([...overlaynet, ...argv], "");
  }

  #run(whole: readonly string[], input: string): Command {
    return this.fleet.op(whole, {
      cwd: this.folder,
      env: { ...this.environment, NO_COLOR: "1" },
      input,
      reject: false,
      timeout: HUNG,
    });
  }

  /** Runs the Pulumi command line in the stack's folder, in the operator's network. */
  pulumi(argv: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    return this.start(argv, env).outcome;
  }

  /** Starts the same, for whoever wants to interrupt it. */
  start(argv: readonly string[], env: Record<string, string> = {}): Operation {
    const stack = argv[0] === "stack" ? [] : ["--stack", "test"];
    const command = this.fleet.op(["pulumi", ...argv, ...stack, "--non-interactive"], {
      cwd: this.folder,
      env: { ...this.environment, ...env, NO_COLOR: "1" },
      reject: false,
      timeout: HUNG,
    });
    let text = "";
    for (const stream of [command.stdout, command.stderr]) {
      stream.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    }
    const outcome = command.then(({ exitCode, stdout, stderr }) => {
      return { ok: exitCode === 0, output: [stdout, stderr].filter((part) => part !== "").join("\n") };
    });
    return { command, outcome, printed: () => text };
  }
}

/** Throws with all that the engine printed when an operation did not succeed. */
export function succeeded(what: string, outcome: Outcome): Outcome {
  if (!outcome.ok) throw new Error(`${what} failed:\n${outcome.output}`);
  return outcome;
}
