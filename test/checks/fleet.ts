import type { Command, CommandOptions } from "../hosts/command.js";

/** What every check needs of a machine, be it a lab host or a virtual one. */
export interface FleetHost {
  readonly name: string;
  /** On the underlay: its VTEP, and where SSH answers. */
  readonly address: string;
  /** As in authorized_keys and known_hosts: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** Runs `argv` as root, exactly as given. */
  ssh(argv: readonly string[], options?: CommandOptions): Command;
  /** Runs a shell script as root, given on its standard input. */
  script(text: string, options?: CommandOptions): Command;
  /** Reboots as an administrator would, and waits until it answers again. */
  reboot(): Promise<void>;
}

/** Machines that answer SSH, and the operator's place among them: lab hosts and Vagrant's machines alike. */
export interface Fleet {
  readonly hosts: readonly FleetHost[];
  /** A folder for whoever uses the fleet; gone with it. */
  readonly stateDir: string;
  readonly privateKeyPath: string;
  host(name: string): FleetHost;
  /** Runs `argv` in the operator's network; all else is as for any command here. */
  op(argv: readonly string[], options?: CommandOptions): Command;
}
