import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "@overlaynet/tools/lock";
import { makeCgroup, processorSeconds, removeCgroup } from "./cgroup.js";
import { run, type Command, type CommandOptions } from "./command.js";
import { Endpoint, type EndpointSpec } from "./endpoint.js";
import { Host } from "./host.js";
import { ENTER, HOSTS_SOURCE, labPaths } from "./paths.js";
import { places } from "./names.js";
import { rootfs } from "./rootfs/rootfs.js";
import { seedHost, makeKey } from "./seed.js";
import { startInit } from "./start.js";

/** The lab that commands mean when they name none. */
export const DEFAULT_LAB = process.env["OVERLAYNET_LAB"] ?? "lab";

export interface LabOptions {
  /** Two labs with different names can be up at the same time, with the same addresses. */
  readonly name?: string;
  /** How many hosts, 2 unless given: a, b, c, … */
  readonly hosts?: number;
  /** Told what is going on, a sentence at a time. */
  readonly progress?: (text: string) => void;
}

/** What a lab writes about itself, for whoever attaches to it. */
interface Description {
  readonly hosts: readonly { readonly name: string; readonly address: string; readonly hostKey: string }[];
}

/**
 * Debian hosts, an operator's place among them and an underlay between, with no route out.
 *
 * All its processes live in one cgroup, all its mounts and networks in namespaces of those processes: when the cgroup is
 * killed nothing is left but the state folder.
 */
export class Lab {
  readonly hosts: readonly Host[];
  /** Holds the keys, the hosts' disks and consoles; gone after `down`. */
  readonly stateDir: string;
  /** The operator's key; every host lets it in, as root and as vagrant. */
  readonly privateKeyPath: string;
  /** Names every host's key. */
  readonly knownHostsPath: string;
  private readonly cgroup: string;

  private constructor(
    readonly name: string,
    description: Description,
  ) {
    const { state, cgroup } = labPaths(name);
    this.cgroup = cgroup;
    this.stateDir = state;
    this.privateKeyPath = join(state, "id_ed25519");
    this.knownHostsPath = join(state, "known_hosts");
    this.hosts = description.hosts.map(
      (host) =>
        new Host({
          ...host,
          folder: join(state, "hosts", host.name),
          cgroup: join(cgroup, `host-${host.name}`),
          privateKeyPath: this.privateKeyPath,
          knownHostsPath: this.knownHostsPath,
          op: (argv, options) => this.op(argv, options),
        }),
    );
  }

  /**
   * Boots a new lab; one of the same name is taken down first, however it was left. Returns when all hosts answer SSH.
   *
   * @throws when it is not root that asks, or a host does not come up; what is there then stays, to be looked at.
   */
  static async up({ name = DEFAULT_LAB, hosts = 2, progress = () => undefined }: LabOptions = {}): Promise<Lab> {
    const where = places(hosts);
    const { state, cgroup, lock } = labPaths(name);
    if (process.getuid?.() !== 0) throw new Error("a lab needs root: it makes mounts, network namespaces and cgroups");
    const tree = await rootfs(progress);
    return withLock(lock, async () => {
      await Lab.remove(name);
      await mkdir(join(state, "hosts"), { recursive: true, mode: 0o700 });
      const key = join(state, "id_ed25519");
      await makeKey(key, `operator of lab ${name}`);
      const seeded = await Promise.all(
        where.map(async (place) => {
          const hostKey = await seedHost(join(state, "hosts", place.name), name, place, `${key}.pub`);
          return { name: place.name, address: place.address, hostKey };
        }),
      );
      const known = seeded.map((host) => `${host.address} ${host.hostKey}\n`).join("");
      await writeFile(join(state, "known_hosts"), known);
      await makeCgroup(cgroup, ["init", "command"]);
      await startInit({
        what: `lab ${name}`,
        script: join(HOSTS_SOURCE, "init.sh"),
        args: [name, state, cgroup, tree],
        state,
        cgroup,
      });
      await writeFile(join(state, "lab.json"), JSON.stringify({ hosts: seeded } satisfies Description));
      const lab = new Lab(name, { hosts: seeded });
      await Promise.all(lab.hosts.map((host) => host.waitForSsh()));
      return lab;
    });
  }

  /** The lab of that name that is up. @throws when there is none. */
  static async attach(name: string = DEFAULT_LAB): Promise<Lab> {
    const file = join(labPaths(name).state, "lab.json");
    if (!existsSync(file)) throw new Error(`lab ${name} is not up`);
    return new Lab(name, JSON.parse(await readFile(file, "utf8")) as Description);
  }

  /** Ends and removes all of a lab, whatever state it was left in; nothing when there is none. */
  static async down(name: string = DEFAULT_LAB): Promise<void> {
    await withLock(labPaths(name).lock, () => Lab.remove(name));
  }

  private static async remove(name: string): Promise<void> {
    const { state, cgroup } = labPaths(name);
    await removeCgroup(cgroup);
    await rm(state, { recursive: true, force: true });
  }

  /** Ends and removes all of this lab, with every command that was started through `op`. */
  async down(): Promise<void> {
    await Lab.down(this.name);
  }

  /** The host of that name: a, b, … @throws when the lab has none. */
  host(name: string): Host {
    const host = this.hosts.find((candidate) => candidate.name === name);
    if (host === undefined) throw new Error(`lab ${this.name} has no host ${name}`);
    return host;
  }

  /**
   * Runs `argv` in the operator's network namespace, at 192.168.64.1; all else is as for any command here. It is
   * ended by `down`, at the latest.
   *
   * @throws as `run` does.
   */
  op(argv: readonly string[], options?: CommandOptions): Command {
    return this.inNamespace("op", argv, options);
  }

  /** Seconds of processor time used so far: by what was run with {@link Lab.op}, and by all hosts. */
  async processorSeconds(): Promise<{ readonly operator: number; readonly hosts: number }> {
    const of = (name: string): Promise<number> => processorSeconds(join(this.cgroup, name));
    const [operator, ...hosts] = await Promise.all(
      ["command", ...this.hosts.map(({ name }) => `host-${name}`)].map(of),
    );
    return { operator: operator ?? Number.NaN, hosts: hosts.reduce((sum, one) => sum + one, 0) };
  }

  /** The operator's network namespace, as a path: for a process that has to be in it itself. */
  async operatorNetwork(): Promise<string> {
    const anchor = (await readFile(join(this.cgroup, "anchor", "cgroup.procs"), "utf8")).trim();
    return join("/proc", anchor, "root/run/netns/op");
  }

  /**
   * A namespace on the underlay that is no host and nobody's concern but the test's: a hand-made VXLAN endpoint.
   *
   * @throws when its name or address is taken.
   */
  async endpoint(spec: EndpointSpec): Promise<Endpoint> {
    const taken = this.hosts.find((host) => host.address === spec.address || host.name === spec.name);
    if (taken !== undefined) throw new Error(`host ${taken.name} has that name or address`);
    return Endpoint.make(spec, (namespace, argv, options) => this.inNamespace(namespace, argv, options));
  }

  /** Pulls the cable between a host and the underlay, or puts it back: the host sees its link lose its carrier. */
  async cable(host: string, state: "in" | "out"): Promise<void> {
    await this.inNamespace("underlay", ["ip", "link", "set", `u-${host}`, state === "in" ? "up" : "down"]);
  }

  /** Runs `argv` in one of the lab's network namespaces; in `underlay`, `ip netns` knows the others. */
  private inNamespace(namespace: string, argv: readonly string[], options?: CommandOptions): Command {
    return run([ENTER, this.cgroup, namespace, ...argv], options);
  }
}
