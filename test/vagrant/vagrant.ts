import type { Command, CommandOptions } from "../hosts/command.js";
import { errorOf, parseRow, parseSshConfig, progressOf, type Row, type SshConfig } from "./machine-readable.js";

/** Milliseconds for a command that does little: to start Vagrant alone takes three seconds. */
const SHORT = 60_000;
/** Milliseconds for one that boots machines; they take 40 seconds, emulated, on an idle machine with two processors. */
const BOOT = 420_000;

const silent = (): void => undefined;

/** What the Vagrantfile calls the machine of that name: it tells there why not the name alone. */
export function vagrantName(machine: string): string {
  return `host-${machine}`;
}

type Run = (argv: readonly string[], options: CommandOptions) => Command;

/** The `vagrant` command in the fleet's world, and what it answers. */
export class Vagrant {
  constructor(
    private readonly run: Run,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly progress: (text: string) => void,
  ) {}

  /** Brings up all machines, in parallel, or only those named. @throws with Vagrant's own words. */
  async up(...machines: readonly string[]): Promise<void> {
    await this.command(["up", "--provider=libvirt", ...machines.map(vagrantName)], BOOT);
  }

  /** Shuts machines down as an administrator would. */
  async halt(...machines: readonly string[]): Promise<void> {
    await this.command(["halt", ...machines.map(vagrantName)], BOOT);
  }

  /** Ends machines and removes their disks. */
  async destroy(...machines: readonly string[]): Promise<void> {
    await this.command(["destroy", "--force", ...machines.map(vagrantName)], SHORT);
  }

  /** Where SSH reaches each of the machines. @throws with all that Vagrant said when it leaves one out. */
  async sshConfig(machines: readonly string[]): Promise<Map<string, SshConfig>> {
    const rows = await this.command(["ssh-config", ...machines.map(vagrantName)], SHORT, silent);
    return new Map([...each(machines, rows, "ssh-config")].map(([machine, text]) => [machine, parseSshConfig(text)]));
  }

  /** The state of each of the machines in Vagrant's word: running, shutoff, not_created … @throws when it leaves one out. */
  async states(machines: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.command(["status", ...machines.map(vagrantName)], SHORT, silent);
    return each(machines, rows, "state");
  }

  private async command(argv: readonly string[], timeout: number, progress = this.progress): Promise<Row[]> {
    const vagrant = this.run(["vagrant", ...argv, "--machine-readable"], {
      env: this.environment,
      reject: false,
      timeout,
    });
    for await (const line of vagrant) {
      const row = parseRow(line);
      const said = row === undefined ? undefined : progressOf(row);
      if (said !== undefined) progress(said);
    }
    const { exitCode, timedOut, stdout, stderr } = await vagrant;
    const rows = stdout.split("\n").flatMap((line) => parseRow(line) ?? []);
    if (exitCode === 0) return rows;
    const why = timedOut ? `not done within ${timeout / 1000} s` : (errorOf(rows) ?? stderr);
    throw new Error(`vagrant ${argv.join(" ")}: ${why}`);
  }
}

/** What a row of that type tells of each of the machines. @throws with all rows when there is none for one. */
function each(machines: readonly string[], rows: readonly Row[], type: string): Map<string, string> {
  return new Map(
    machines.map((machine) => {
      const row = rows.find((candidate) => candidate.type === type && candidate.machine === vagrantName(machine));
      if (row === undefined) throw new Error(`vagrant tells no ${type} of ${machine}:\n${JSON.stringify(rows)}`);
      return [machine, row.data[0] ?? ""];
    }),
  );
}
