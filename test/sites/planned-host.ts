import { randomBytes } from "node:crypto";
import { commandsOf, type Desired, driftOf, objectsOf, plan, readOutcome } from "@overlaynet/core";
import { run } from "../hosts/command.js";
import { RealKernel } from "../lab/real-kernel.js";
import { overlay, renamed } from "../model-kernel/specs.js";

/** This machine's kernel brought from one desired state to another by plans, as a host's is; in namespaces of its own. */
export class PlannedHost {
  /** Before the names of all its namespaces. */
  readonly prefix = `ov${randomBytes(3).toString("hex")}-`;
  readonly #kernel = new RealKernel(this.prefix);
  #previous: readonly Desired[] = [];

  /**
   * Observes, plans and runs, once.
   *
   * @returns the lines that it ran
   * @throws when a line fails, or something is in the way
   */
  reach(desired: readonly Desired[]): string[] {
    const [next, previous] = [desired, this.#previous].map((files) => objectsOf(renamed(files, this.prefix)));
    if (next === undefined || previous === undefined) throw new Error("two states were given");
    const observation = this.#kernel.observe([...next, ...previous]);
    const found = plan({ overlay, desired: next, previous, observation, adopt: new Set() });
    if (found.conflicts.length > 0) throw new Error(driftOf(found).join("; "));
    this.#previous = desired;
    const ran: string[] = [];
    for (const batch of commandsOf(found.steps)) {
      const { stderr, exitCode } = this.#kernel.run(batch);
      const { failures } = readOutcome(batch, stderr, exitCode);
      if (failures.length > 0)
        throw new Error(failures.map(({ line, message }) => `${line.text}: ${message}`).join("; "));
      ran.push(...batch.lines.map(({ text }) => text));
    }
    return ran;
  }

  /** What `ip` says in one of its namespaces. */
  async ip(namespace: string, ...words: readonly string[]): Promise<string> {
    return (await run(["ip", "-n", `${this.prefix}${namespace}`, ...words])).stdout;
  }

  remove(): void {
    this.#kernel.remove();
  }
}
