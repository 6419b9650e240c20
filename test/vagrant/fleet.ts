import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "@overlaynet/tools/lock";
import type { Fleet } from "../checks/fleet.js";
import { removeCgroup } from "../hosts/cgroup.js";
import { type Command, type CommandOptions, run } from "../hosts/command.js";
import { Endpoint, type EndpointSpec } from "../hosts/endpoint.js";
import { places } from "../hosts/names.js";
import { ENTER, fleetPaths, type FleetPaths } from "../hosts/paths.js";
import { type Acceleration, acceleration } from "./acceleration.js";
import { box } from "./box.js";
import { announcedHostKey } from "./console.js";
import { type Identity, Machine } from "./machine.js";
import { Vagrant } from "./vagrant.js";
import { World } from "./world.js";

/** The machines that commands mean when they name none. */
export const DEFAULT_FLEET = process.env["OVERLAYNET_VAGRANT"] ?? "vagrant";

export interface FleetOptions {
  /** Two fleets of different names can be up at the same time, with the same addresses. */
  readonly name?: string;
  /** How many machines, 2 unless given: a, b, c, … */
  readonly machines?: number;
  /** Told what is going on, a sentence at a time. */
  readonly progress?: (text: string) => void;
}

/** What a fleet writes about itself, for whoever attaches to it. */
interface Description {
  readonly acceleration: Acceleration;
  readonly privateKeyPath: string;
  readonly machines: readonly ({ readonly name: string; readonly address: string } & Identity)[];
}

/** Virtual machines by `vagrant up`, and the operator's place among them: libvirt's end of the underlay. */
export class VagrantFleet implements Fleet {
  readonly hosts: readonly Machine[];
  readonly stateDir: string;
  /** The box's key; every machine lets it in, as root and as vagrant. */
  readonly privateKeyPath: string;
  /** Names every machine's key, with both of its addresses. */
  readonly knownHostsPath: string;
  readonly acceleration: Acceleration;
  readonly vagrant: Vagrant;

  private constructor(
    readonly name: string,
    private readonly world: World,
    description: Description,
    progress: (text: string) => void,
  ) {
    this.stateDir = fleetPaths("vagrant", name).state;
    this.privateKeyPath = description.privateKeyPath;
    this.knownHostsPath = join(this.stateDir, "known_hosts");
    this.acceleration = description.acceleration;
    this.vagrant = vagrantIn(world, progress);
    this.hosts = description.machines.map(({ name: machine, address, ...identity }) => {
      const place = {
        name: machine,
        address,
        privateKeyPath: this.privateKeyPath,
        knownHostsPath: this.knownHostsPath,
        console: join(world.consoles, `${machine}.log`),
        sharedConnection: join(this.stateDir, `ssh-${machine}`),
        op: (argv: readonly string[], options?: CommandOptions) => this.op(argv, options),
        virsh: (argv: readonly string[], options?: CommandOptions) => world.virsh(argv, options),
      };
      return new Machine(place, identity);
    });
  }

  /**
   * Brings up new machines, in place of those of the same name, however they were left. Returns when all answer SSH.
   *
   * @throws when it is not root that asks, or a machine does not come up; what is there then stays, to be looked at.
   */
  static async up({
    name = DEFAULT_FLEET,
    machines = 2,
    progress = () => undefined,
  }: FleetOptions = {}): Promise<VagrantFleet> {
    const where = places(machines);
    const paths = fleetPaths("vagrant", name);
    if (process.getuid?.() !== 0) throw new Error("this needs root: it makes mounts, network namespaces and cgroups");
    const made = await box(progress);
    return withLock(paths.lock, async () => {
      await remove(paths);
      const accelerated = await acceleration(made);
      progress(
        accelerated === "kvm" ? "the machines run under KVM" : "KVM does not work here: the machines are emulated",
      );
      const world = new World(paths, accelerated, machines);
      await world.start(made);
      const vagrant = vagrantIn(world, progress);
      await vagrant.up();
      const identities = await identify(
        world,
        vagrant,
        where.map((place) => place.name),
      );
      const description: Description = {
        acceleration: accelerated,
        privateKeyPath: made.privateKeyPath,
        machines: where.map(({ name: machine, address }) => ({
          name: machine,
          address,
          ...known(identities, machine),
        })),
      };
      const fleet = new VagrantFleet(name, world, description, progress);
      await fleet.describe();
      await Promise.all(fleet.hosts.map((host) => host.waitForSsh()));
      return fleet;
    });
  }

  /** The machines of that name that are up. @throws when there are none. */
  static async attach(name = DEFAULT_FLEET, progress: (text: string) => void = () => undefined): Promise<VagrantFleet> {
    const paths = fleetPaths("vagrant", name);
    const file = join(paths.state, "fleet.json");
    if (!existsSync(file)) throw new Error(`there are no machines called ${name}`);
    const description = JSON.parse(await readFile(file, "utf8")) as Description;
    const world = new World(paths, description.acceleration, description.machines.length);
    return new VagrantFleet(name, world, description, progress);
  }

  /** Ends and removes all machines of that name, whatever state they were left in; nothing when there are none. */
  static async down(name = DEFAULT_FLEET): Promise<void> {
    const paths = fleetPaths("vagrant", name);
    await withLock(paths.lock, () => remove(paths));
  }

  /** The names of all fleets of which something is there, running or left behind. */
  static async names(): Promise<string[]> {
    const { state, cgroup } = fleetPaths("vagrant", "x");
    const prefix = state.slice(0, -1);
    const found = [...(await siblings(prefix)), ...(await siblings(cgroup.slice(0, -1)))];
    return [...new Set(found)].sort();
  }

  /** The machine of that name: a, b, … @throws when there is none. */
  host(name: string): Machine {
    const host = this.hosts.find((candidate) => candidate.name === name);
    if (host === undefined) throw new Error(`there is no machine ${name}`);
    return host;
  }

  op(argv: readonly string[], options?: CommandOptions): Command {
    return this.world.op(argv, options);
  }

  /** A hand-made VXLAN endpoint on the underlay, as a lab makes. @throws when its name or address is taken. */
  endpoint(spec: EndpointSpec): Promise<Endpoint> {
    const { cgroup } = fleetPaths("vagrant", this.name);
    return Endpoint.make(spec, (namespace, argv, options) => run([ENTER, cgroup, namespace, ...argv], options));
  }

  /** Shuts a machine down by `vagrant halt`. */
  async halt(name: string): Promise<void> {
    await this.host(name).disconnect();
    await this.vagrant.halt(name);
  }

  /** Brings a machine up by `vagrant up`, and waits until it answers. */
  async start(name: string): Promise<void> {
    await this.vagrant.up(name);
    const machine = this.host(name);
    await machine.become(known(await identify(this.world, this.vagrant, [name]), name));
    await this.describe();
    await machine.waitForSsh();
  }

  /** Destroys a machine and makes it anew: the same name and address, an empty disk, another host key. */
  async reimage(name: string): Promise<void> {
    await this.host(name).disconnect();
    await this.vagrant.destroy(name);
    await this.start(name);
  }

  /** Ends and removes all of this fleet, with every command that was started through `op`. */
  async down(): Promise<void> {
    await VagrantFleet.down(this.name);
  }

  /** Writes down what is known of the machines now. */
  private async describe(): Promise<void> {
    const machines = this.hosts.map(({ name, address, hostKey, sshConfig }) => ({
      name,
      address,
      hostKey,
      ssh: sshConfig,
    }));
    const lines = machines.flatMap(({ address, hostKey, ssh }) => {
      const managed = ssh.port === 22 ? ssh.host : `[${ssh.host}]:${ssh.port}`;
      return [`${address} ${hostKey}\n`, `${managed} ${hostKey}\n`];
    });
    await writeFile(this.knownHostsPath, lines.join(""));
    const description: Description = { acceleration: this.acceleration, privateKeyPath: this.privateKeyPath, machines };
    await writeFile(join(this.stateDir, "fleet.json"), JSON.stringify(description, undefined, 2));
  }
}

function vagrantIn(world: World, progress: (text: string) => void): Vagrant {
  return new Vagrant((argv, options) => world.inside(argv, options), world.vagrantEnvironment(), progress);
}

/** Where SSH reaches each machine, and which host key its console tells. */
async function identify(world: World, vagrant: Vagrant, names: readonly string[]): Promise<Map<string, Identity>> {
  const configs = [...(await vagrant.sshConfig(names))];
  const identities = configs.map(async ([name, ssh]): Promise<[string, Identity]> => {
    return [name, { ssh, hostKey: await announcedHostKey(join(world.consoles, `${name}.log`)) }];
  });
  return new Map(await Promise.all(identities));
}

function known(identities: ReadonlyMap<string, Identity>, name: string): Identity {
  const identity = identities.get(name);
  if (identity === undefined) throw new Error(`vagrant ssh-config does not know machine ${name}`);
  return identity;
}

async function remove({ cgroup, state }: FleetPaths): Promise<void> {
  await removeCgroup(cgroup);
  await rm(state, { recursive: true, force: true });
}

/** What follows `prefix` in the names of the entries of its folder. */
async function siblings(prefix: string): Promise<string[]> {
  const folder = join(prefix, "..");
  const start = prefix.slice(folder.length + 1);
  const entries = await readdir(folder);
  return entries.filter((entry) => entry.startsWith(start)).map((entry) => entry.slice(start.length));
}
