import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requestSync, type ResolverStatus, resolverStatus, type SyncAnswer } from "@overlaynet/agent/resolver/index";
import type { ResolverConfig } from "@overlaynet/core/records";
import {
  type Ip,
  macOfBridge,
  macOfIp,
  parseAbsolutePath,
  parseCidr,
  parseInterfaceName,
  parseIp,
  parseName,
  parseVni,
  prefixLength,
} from "@overlaynet/core/model/index";
import { type Command, type CommandOptions, run } from "../hosts/command.js";
import { until } from "../hosts/poll.js";

/** How the overlay of a test is to be; what is absent is as in the product's defaults. */
export interface SiteOptions {
  readonly learning?: boolean;
  readonly resolve?: "push" | "miss";
  /** The overlay's network, 7.7.0.0/16 unless given; 7.7.0.1 has to be in it. */
  readonly cidr?: string;
  /** The folder of records; one of the site's own unless given. */
  readonly storage?: string;
}

const vni = parseVni(4242);
const gateway = parseIp("7.7.0.1");

/**
 * One host of an overlay made of namespaces alone: one for the underlay, where the tunnel's UDP socket is, one for the overlay with bridge
 * and VXLAN device, one for each container. No units, no session: whatever the resolver does here it does by itself.
 */
export class Site {
  readonly host: string;
  readonly overlay: string;
  readonly config: ResolverConfig;
  readonly configPath: string;
  readonly socketPath: string;
  readonly #prefix: string;
  #resolver: { readonly process: Command; readonly log: string[] } | undefined;

  /** Makes nothing yet. @param prefix of all its namespaces @param folder of its own */
  constructor(prefix: string, folder: string, vtep: Ip, options: SiteOptions) {
    this.#prefix = prefix;
    this.host = `${prefix}-host`;
    this.overlay = `${prefix}-over`;
    this.configPath = join(folder, "resolver.json");
    this.socketPath = join(folder, "control.sock");
    this.config = {
      overlay: parseName("lab"),
      device: parseInterfaceName("vxlan1"),
      bridge: parseInterfaceName("br0"),
      vni,
      cidr: parseCidr(options.cidr ?? "7.7.0.0/16"),
      gateway,
      local: vtep,
      learning: options.learning ?? false,
      resolve: options.resolve ?? "push",
      storage: parseAbsolutePath(options.storage ?? join(folder, "records")),
    };
    mkdirSync(folder, { recursive: true });
    mkdirSync(this.config.storage, { recursive: true });
    writeFileSync(this.configPath, JSON.stringify(this.config));
  }

  /** The path of the overlay's namespace. */
  get namespacePath(): string {
    return `/run/netns/${this.overlay}`;
  }

  /** Makes bridge and VXLAN device. The device is made where the underlay is, and moved: its socket stays there. */
  async build(): Promise<void> {
    const { learning, local } = this.config;
    const tunnel = `type vxlan id ${vni} dstport 4789 local ${local} ${learning ? "" : "no"}learning proxy l2miss l3miss`;
    await this.ip(this.host, [`link add vxlan1 netns ${this.overlay} ${tunnel}`]);
    await this.ip(this.overlay, [
      "link set lo up",
      `link add br0 address ${macOfBridge(vni)} mtu 1450 type bridge`,
      `addr add ${gateway}/${prefixLength(this.config.cidr)} dev br0`,
      "link set br0 up",
      "link set vxlan1 mtu 1450 master br0 up",
    ]);
  }

  /** Makes containers, each in a namespace named by {@link Site.container}. */
  async addContainers(ips: readonly Ip[]): Promise<void> {
    await this.ip(
      undefined,
      ips.map((ip) => `netns add ${this.container(ip)}`),
    );
    await this.ip(
      this.overlay,
      ips.map((ip) => {
        const peer = `peer name eth0 mtu 1450 address ${macOfIp(ip)} netns ${this.container(ip)}`;
        return `link add ${portOf(ip)} up mtu 1450 master br0 type veth ${peer}`;
      }),
    );
    await run(["bridge", "-n", this.overlay, "-batch", "-"], {
      input: ips.map((ip) => `fdb replace ${macOfIp(ip)} dev ${portOf(ip)} master static\n`).join(""),
    });
    const prefix = prefixLength(this.config.cidr);
    for (const ip of ips) {
      await this.ip(this.container(ip), ["link set lo up", `addr add ${ip}/${prefix} dev eth0`, "link set eth0 up"]);
    }
  }

  async removeContainers(ips: readonly Ip[]): Promise<void> {
    await this.ip(
      this.overlay,
      ips.map((ip) => `link del ${portOf(ip)}`),
    );
    await this.ip(
      undefined,
      ips.map((ip) => `netns del ${this.container(ip)}`),
    );
  }

  container(ip: Ip): string {
    return `${this.#prefix}-${ip}`;
  }

  /** Runs `argv` in a namespace of the site. */
  exec(namespace: string, argv: readonly string[], options?: CommandOptions): Command {
    return run(["ip", "netns", "exec", namespace, ...argv], options);
  }

  /** Lines for `ip -batch`, in a namespace or in the caller's. */
  async ip(namespace: string | undefined, lines: readonly string[]): Promise<void> {
    const where = namespace === undefined ? [] : ["-n", namespace];
    await run(["ip", ...where, "-batch", "-"], { input: lines.map((line) => `${line}\n`).join("") });
  }

  /** Starts the resolver in the overlay's namespace and waits until it answers. */
  async startResolver(options: { readonly announce?: boolean } = {}): Promise<void> {
    const { socketPath } = this;
    const { log, isOver } = this.launchResolver(options);
    await until(
      `the resolver of ${this.overlay} answers`,
      async () => {
        if (isOver()) throw new Error(`the resolver of ${this.overlay} did not start: ${log.join("")}`);
        return existsSync(socketPath) && (await resolverStatus(socketPath)).running;
      },
      { within: 30_000, every: 20 },
      () => Promise.resolve(log.join("")),
    );
  }

  /** Starts the resolver and does not wait. */
  launchResolver(options: { readonly announce?: boolean } = {}): {
    readonly log: string[];
    readonly isOver: () => boolean;
  } {
    const { configPath, socketPath, namespacePath } = this;
    const json = JSON.stringify({ configPath, socketPath, namespacePath, ...options });
    const process = this.exec(this.overlay, ["node", join(__dirname, "run-resolver.js"), json], { reject: false });
    const log: string[] = [];
    process.stderr.on("data", (data: Buffer) => log.push(String(data)));
    let over = false;
    void process.finally(() => (over = true));
    this.#resolver = { process, log };
    return { log, isOver: () => over };
  }

  /** Memory of the resolver's process in KiB: what is resident now, or was at most. */
  memory(which: "VmRSS" | "VmHWM" = "VmRSS"): number {
    const status = readFileSync(`/proc/${this.#resolver?.process.pid}/status`, "utf8");
    return Number(new RegExp(`^${which}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  }

  /** How many files and sockets the resolver's process has open. */
  openFiles(): number {
    return readdirSync(`/proc/${this.#resolver?.process.pid}/fd`).length;
  }

  /** What the resolver has told people so far. */
  get log(): string {
    return this.#resolver?.log.join("") ?? "";
  }

  /** Sends the resolver a signal. */
  signal(signal: NodeJS.Signals): void {
    this.#resolver?.process.kill(signal);
  }

  /** Makes more notices than the queue of a stopped resolver holds: 32 MiB, counted twice, are 80 000 of them (event-socket.ts). */
  async overflowNotices(): Promise<void> {
    const addresses = Array.from(
      { length: 100_000 },
      (_, index) => `7.${8 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
    );
    await this.ip(
      this.overlay,
      addresses.map((ip) => `neigh replace ${ip} lladdr 02:99:00:00:00:01 nud permanent dev br0`),
    );
  }

  /** Waits until the resolver ends, and answers with its exit code; undefined when a signal ended it. */
  async ended(): Promise<number | undefined> {
    return (await this.#resolver?.process)?.exitCode;
  }

  async stopResolver(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.signal(signal);
    await this.ended();
    this.#resolver = undefined;
  }

  async status(): Promise<ResolverStatus> {
    const answer = await resolverStatus(this.socketPath);
    if (!answer.running) throw new Error(`${answer.reason}\n${this.log}`);
    return answer.status;
  }

  async sync(): Promise<SyncAnswer> {
    const answer = await requestSync(this.socketPath);
    if (!answer.running) throw new Error(`${answer.reason}\n${this.log}`);
    return answer.report;
  }

  /** Both tables of the VXLAN device, as people see them; without what the bridge holds of it, and without the underlay's namespace. */
  async tables(): Promise<string> {
    const neighbours = await run(["ip", "-n", this.overlay, "neigh", "show", "dev", "vxlan1"]);
    const forwarding = await run(["bridge", "-n", this.overlay, "fdb", "show", "dev", "vxlan1"]);
    const own = forwarding.stdout.split("\n").filter((line) => line.includes(" self"));
    return `${neighbours.stdout}\n${own.join("\n").replaceAll(" link-netnsid 0", "")}\n`;
  }

  /** Ends the resolver. The devices go before the namespaces: else the kernel takes its time with the VNI. */
  async remove(): Promise<void> {
    this.signal("SIGCONT");
    await this.stopResolver("SIGKILL");
    await run(["ip", "-n", this.overlay, "link", "del", "vxlan1"], { reject: false });
  }
}

function portOf(ip: Ip): string {
  return `v${ip.split(".").slice(2).join("-")}`;
}
