import { copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pulumiEnvironment } from "@overlaynet/tools/pulumi/environment";
import type { Fleet } from "./fleet.js";
import type { Topology } from "./topology.js";

/** What an operation of the engine came to. */
export interface Outcome {
  readonly ok: boolean;
  /** All that it printed, as an operator saw it. */
  readonly output: string;
}

/** The checkout, seen from where this file is compiled to. */
const checkout = join(__dirname, "..", "..", "..");

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

  /** An empty stack, its backend and all its files below the fleet's state folder. */
  static async create(fleet: Fleet, name: string): Promise<Stack> {
    const folder = join(fleet.stateDir, "stacks", name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await symlink(join(checkout, "node_modules"), join(folder, "node_modules"));
    await copyFile(join(checkout, "test", "checks", "program.cjs"), join(folder, "index.js"));
    await writeFile(
      join(folder, "Pulumi.yaml"),
      `name: ${name}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`,
    );
    const stack = new Stack(fleet, name, folder, await pulumiEnvironment(join(folder, ".pulumi-state")));
    await stack.declare({ overlays: {}, containers: {} });
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

  /** Runs the Pulumi command line in the stack's folder, in the operator's network. */
  async pulumi(argv: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    const stack = argv[0] === "stack" ? [] : ["--stack", "test"];
    const { exitCode, stdout, stderr } = await this.fleet.op(["pulumi", ...argv, ...stack, "--non-interactive"], {
      cwd: this.folder,
      env: { ...this.environment, ...env, NO_COLOR: "1" },
      reject: false,
      timeout: HUNG,
    });
    return { ok: exitCode === 0, output: [stdout, stderr].filter((text) => text !== "").join("\n") };
  }
}

/** Throws with all that the engine printed when an operation did not succeed. */
export function succeeded(what: string, outcome: Outcome): Outcome {
  if (!outcome.ok) throw new Error(`${what} failed:\n${outcome.output}`);
  return outcome;
}
