import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { killCgroup } from "./cgroup.js";
import { type Command, type CommandOptions } from "./command.js";
import { until } from "./poll.js";
import { shellLine } from "./quote.js";
import { sshCommand } from "./ssh.js";

/** Milliseconds that a host may take to boot or to shut down on a busy machine; it takes about a second. */
const BOOT = 60_000;

export interface SshOptions extends CommandOptions {
  /** root unless given; vagrant may use sudo. */
  readonly user?: "root" | "vagrant";
}

/** How a host reaches its lab: a command in the operator's namespace, and the lab's own places. */
export interface HostPlace {
  readonly name: string;
  readonly address: string;
  readonly hostKey: string;
  /** The host's folder in the lab's state. */
  readonly folder: string;
  /** The cgroup of its processes. */
  readonly cgroup: string;
  readonly privateKeyPath: string;
  readonly knownHostsPath: string;
  op(argv: readonly string[], options?: CommandOptions): Command;
}

/** A machine of the lab: its own systemd, sshd, network and disk, and the kernel it shares with the others. */
export class Host {
  readonly name: string;
  readonly address: string;
  /** As in authorized_keys and known_hosts: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;

  constructor(private readonly place: HostPlace) {
    this.name = place.name;
    this.address = place.address;
    this.hostKey = place.hostKey;
  }

  /**
   * Runs `argv` on the host, exactly as given, over SSH from the operator's namespace; its host key is checked.
   *
   * @throws as `run` does; exit status 255 is ssh's own.
   */
  ssh(argv: readonly string[], options: SshOptions = {}): Command {
    return this.sshLine(argv.length === 0 ? undefined : shellLine(argv), options);
  }

  /** Runs a shell script on the host, given on its standard input. */
  script(text: string, options: Omit<SshOptions, "input"> = {}): Command {
    return this.ssh(["bash", "-euo", "pipefail", "-s"], { ...options, input: text });
  }

  private sshLine(line: string | undefined, { user = "root", ...options }: SshOptions): Command {
    const terminal = options.terminal === true && process.stdin.isTTY;
    return this.place.op(sshCommand(this.place, `${user}@${this.address}`, line, terminal), options);
  }

  /** Reboots as an administrator would, and waits until it answers again. */
  async reboot(): Promise<void> {
    const before = await this.boots();
    // The connection may end before the command's answer does: what counts is that the host boots again.
    await this.ssh(["systemctl", "reboot"], { reject: false });
    await until(`host ${this.name} boots again`, async () => (await this.boots()) > before, { within: BOOT });
    await this.waitForSsh();
  }

  /** Shuts down as an administrator would. */
  async powerOff(): Promise<void> {
    await this.ssh(["systemctl", "poweroff"], { reject: false });
    await this.waitForPower("off");
  }

  /** Ends the host at once, as a power failure does; its disk stays as it is. */
  async kill9(): Promise<void> {
    await killCgroup(this.place.cgroup);
    await this.waitForPower("off");
  }

  /** Boots a host that is off, and waits until it answers. */
  async powerOn(): Promise<void> {
    await this.waitForPower("off");
    await writeFile(join(this.place.folder, "power"), "on\n");
    await this.waitForPower("on");
    await this.waitForSsh();
  }

  /** A power failure, and the boot after it. */
  async kill9AndRestart(): Promise<void> {
    await this.kill9();
    await this.powerOn();
  }

  /**
   * Waits until an ordinary user can log in, that is until the boot is done: root is let in before that.
   *
   * @throws after a minute, with the end of the host's console.
   */
  async waitForSsh(): Promise<void> {
    const answers = async (): Promise<boolean> => {
      const { exitCode } = await this.ssh(["true"], { user: "vagrant", reject: false, timeout: BOOT });
      return exitCode === 0;
    };
    const evidence = async (): Promise<string> => (await readConsole(this.place.folder)).slice(-3_000);
    await until(`host ${this.name} answers SSH`, answers, { within: BOOT }, evidence);
  }

  /** Whether it is switched on; a host that is booting is. */
  async power(): Promise<"on" | "off"> {
    return (await this.status())[0] === "on" ? "on" : "off";
  }

  private async waitForPower(wanted: "on" | "off"): Promise<void> {
    await until(`host ${this.name} is ${wanted}`, async () => (await this.power()) === wanted, {
      within: BOOT,
      every: 20,
    });
  }

  private async boots(): Promise<number> {
    return Number((await this.status())[1] ?? 0);
  }

  /** `on` or `off`, and how often it has booted. */
  private async status(): Promise<string[]> {
    return (await readFile(join(this.place.folder, "status"), "utf8")).trim().split(" ");
  }
}

async function readConsole(folder: string): Promise<string> {
  return readFile(join(folder, "console.log"), "utf8").catch(() => "(it has written nothing to its console)");
}
