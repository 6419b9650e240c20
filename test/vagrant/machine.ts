import { rm } from "node:fs/promises";
import type { FleetHost } from "../checks/fleet.js";
import type { Command, CommandOptions } from "../hosts/command.js";
import type { SshOptions } from "../hosts/host.js";
import { until } from "../hosts/poll.js";
import { shellLine } from "../hosts/quote.js";
import { type Credentials, sshCommand } from "../hosts/ssh.js";
import { bootsOnConsole, readConsole } from "./console.js";
import type { SshConfig } from "./machine-readable.js";
import { vagrantName } from "./vagrant.js";

/** Milliseconds that a machine may take to boot or to shut down; emulated and alone it takes some 30 seconds. */
const BOOT = 240_000;

/** How a machine is reached: commands at the operator's place and in libvirt's world, and the fleet's files. */
export interface MachinePlace {
  readonly name: string;
  readonly address: string;
  readonly privateKeyPath: string;
  readonly knownHostsPath: string;
  /** What it writes to its serial console. */
  readonly console: string;
  /** A path for the socket of its shared SSH connection. */
  readonly sharedConnection: string;
  op(argv: readonly string[], options?: CommandOptions): Command;
  virsh(argv: readonly string[], options?: CommandOptions): Command;
}

/** What `vagrant up` decides anew for each new machine. */
export interface Identity {
  readonly ssh: SshConfig;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
}

/** A virtual machine with a kernel, a disk and a clock of its own; what tests do with it is what they do with a lab's host. */
export class Machine implements FleetHost {
  readonly name: string;
  /** On the underlay. */
  readonly address: string;

  constructor(
    private readonly place: MachinePlace,
    private identity: Identity,
  ) {
    this.name = place.name;
    this.address = place.address;
  }

  get hostKey(): string {
    return this.identity.hostKey;
  }

  /** Where Vagrant reaches it: on its management network, not on the underlay. */
  get sshConfig(): SshConfig {
    return this.identity.ssh;
  }

  /** What it has written to its serial console since it was last switched on. */
  console(): Promise<string> {
    return readConsole(this.place.console);
  }

  /**
   * Runs `argv` on the machine, exactly as given, over SSH by the management network, whatever a test does to the underlay;
   * its host key is checked. One connection is shared: under emulation a new one takes a second.
   *
   * @throws as `run` does; exit status 255 is ssh's own.
   */
  ssh(argv: readonly string[], { user = "root", ...options }: SshOptions = {}): Command {
    const terminal = options.terminal === true && process.stdin.isTTY;
    const line = argv.length === 0 ? undefined : shellLine(argv);
    const shared = { ControlMaster: "auto", ControlPath: this.socket(user), ControlPersist: "600" };
    return this.place.op(sshCommand(this.credentials(shared), this.target(user), line, terminal), options);
  }

  /** Runs a shell script on the machine, given on its standard input. */
  script(text: string, options: Omit<SshOptions, "input"> = {}): Command {
    return this.ssh(["bash", "-euo", "pipefail", "-s"], { ...options, input: text });
  }

  /** Runs `argv` over a connection of its own, for a machine that may be going down; answers with its exit status. */
  private ask(user: "root" | "vagrant", ...argv: readonly string[]): Command {
    const command = sshCommand(this.credentials({}), this.target(user), shellLine(argv), false);
    return this.place.op(command, { reject: false, timeout: 30_000 });
  }

  private credentials(shared: Record<string, string>): Credentials {
    const patience = { ConnectTimeout: "20", ServerAliveInterval: "5", ServerAliveCountMax: "4" };
    const options = { ...shared, ...patience, Port: `${this.identity.ssh.port}` };
    return { privateKeyPath: this.place.privateKeyPath, knownHostsPath: this.place.knownHostsPath, options };
  }

  private target(user: string): string {
    return `${user}@${this.identity.ssh.host}`;
  }

  private socket(user: string): string {
    return `${this.place.sharedConnection}-${user}`;
  }

  /** Forgets what was known of a machine that has been made anew. */
  async become(identity: Identity): Promise<void> {
    await this.disconnect();
    this.identity = identity;
  }

  /** Ends the shared connections: they would wait for a machine that is gone. */
  async disconnect(): Promise<void> {
    for (const user of ["root", "vagrant"]) {
      const control = ["ssh", "-F", "none", "-o", `ControlPath=${this.socket(user)}`, "-O", "exit"];
      await this.place.op([...control, this.target(user)], { reject: false, timeout: 5_000 });
      await rm(this.socket(user), { force: true });
    }
  }

  /** Reboots as an administrator would, and waits until it answers again. */
  async reboot(): Promise<void> {
    const before = await bootsOnConsole(this.place.console);
    // The connection may end before the command's answer does: what counts is that the machine boots again.
    await this.ssh(["systemctl", "reboot"], { reject: false, timeout: 10_000 });
    await this.disconnect();
    // Not asked over SSH, which costs a booting machine more than its boot.
    const again = async (): Promise<boolean> => (await bootsOnConsole(this.place.console)) > before;
    await until(`machine ${this.name} boots again`, again, { within: BOOT, every: 250 }, () => this.lastWords());
    await this.waitForSsh();
  }

  /** Switches it off at once, as a power failure does; its disk stays as it is. */
  async kill9(): Promise<void> {
    await this.place.virsh(["destroy", this.domain]);
    await this.disconnect();
  }

  /** Boots a machine that is off, and waits until it answers. */
  async powerOn(): Promise<void> {
    await this.place.virsh(["start", this.domain]);
    await this.waitForSsh();
  }

  /** Shuts down as an administrator would. */
  async powerOff(): Promise<void> {
    await this.ssh(["systemctl", "poweroff"], { reject: false, timeout: 10_000 });
    await this.disconnect();
    const off = async (): Promise<boolean> => (await this.power()) === "off";
    await until(`machine ${this.name} is off`, off, { within: BOOT, every: 250 }, () => this.lastWords());
  }

  /** Whether it is switched on; a machine that is booting is. */
  async power(): Promise<"on" | "off"> {
    const { stdout } = await this.place.virsh(["domstate", this.domain]);
    return stdout.trim() === "running" ? "on" : "off";
  }

  /**
   * Waits until an ordinary user can log in, that is until the boot is done: root is let in before that.
   *
   * @throws after four minutes, with the end of its console.
   */
  async waitForSsh(): Promise<void> {
    const answers = async (): Promise<boolean> => {
      const { exitCode } = await this.ask("vagrant", "true");
      return exitCode === 0;
    };
    await until(`machine ${this.name} answers SSH`, answers, { within: BOOT, every: 250 }, () => this.lastWords());
  }

  private async lastWords(): Promise<string> {
    return (await this.console()).slice(-3_000);
  }

  /** libvirt's name of the machine: the Vagrantfile's prefix and Vagrant's name. */
  private get domain(): string {
    return `overlaynet_${vagrantName(this.name)}`;
  }
}
