import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pulumiEnvironment } from "@overlaynet/tools";
import type { Command, CommandOptions } from "../hosts/command.js";
import type { Lab } from "../hosts/index.js";

/** The checkout, whose root is the Pulumi project; seen from where this file is compiled to. */
const checkout = join(__dirname, "..", "..", "..");

/** The root Pulumi project as a stack of a lab: named after it, its backend in the lab's folder, run from the operator's place. */
export class Project {
  private constructor(
    private readonly lab: Lab,
    private readonly environment: Record<string, string>,
  ) {}

  static async of(lab: Lab): Promise<Project> {
    return new Project(lab, await pulumiEnvironment(join(lab.stateDir, "pulumi")));
  }

  /** Makes the stack and tells it where the lab's hosts are and which key opens them. */
  async configure(): Promise<void> {
    // What an earlier lab of this name left does not fit the new backend's passphrase.
    await this.forget();
    await this.pulumi(["stack", "init", this.lab.name]);
    const values = {
      "overlaynet:privateKeyPath": this.lab.privateKeyPath,
      ...Object.fromEntries(
        this.lab.hosts.flatMap(({ name, address, hostKey }) => [
          [`hosts.${name}.address`, address],
          [`hosts.${name}.hostKey`, hostKey],
        ]),
      ),
    };
    const settings = Object.entries(values).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    await this.pulumi(["config", "set-all", "--path", ...settings, "--stack", this.lab.name]);
  }

  up(...options: string[]): Command {
    return this.pulumi(["up", "--yes", "--skip-preview", "--stack", this.lab.name, ...options]);
  }

  destroy(): Command {
    return this.pulumi(["destroy", "--yes", "--skip-preview", "--stack", this.lab.name], { terminal: true });
  }

  /** Removes the stack's configuration from the checkout. */
  async forget(): Promise<void> {
    await rm(join(checkout, `Pulumi.${this.lab.name}.yaml`), { force: true });
  }

  private pulumi(argv: readonly string[], options: CommandOptions = {}): Command {
    return this.lab.op(["pulumi", ...argv, "--non-interactive"], { ...options, cwd: checkout, env: this.environment });
  }
}
