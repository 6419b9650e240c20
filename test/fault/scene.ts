import { members, tables } from "../checks/network.js";
import { parseEndedPing } from "../checks/ping.js";
import { type Outcome, Stack, succeeded } from "../checks/stack.js";
import { type ContainerArguments, mainJob, type Topology } from "../checks/topology.js";
import { type Host, Lab } from "../hosts/index.js";
import { until } from "../hosts/poll.js";
import type { Fault } from "./fault.js";

/** Milliseconds in which everything has to be as it should again, on a busy machine. */
export const RECOVERED = 60_000;

/** What a fault came to. */
export interface Measured {
  /** Milliseconds until every pair of containers pinged again. */
  readonly recovery: number;
  /** Pings of flows that should not notice: sent, and of them lost. */
  readonly sent: number;
  readonly lost: number;
}

/** The main job on three hosts, with blue on c: red and green on a, pink on b. */
export class FaultScene {
  private constructor(
    readonly lab: Lab,
    readonly stack: Stack,
    readonly topology: Topology,
  ) {}

  static async build(name: string): Promise<FaultScene> {
    const lab = await Lab.up({ name, hosts: 3 });
    const plain = mainJob(lab);
    const blue = { overlay: "lab", host: "c", ip: "7.7.7.5" };
    const topology = { ...plain, containers: { ...plain.containers, blue } };
    const stack = await Stack.create(lab, name);
    await stack.declare(topology);
    succeeded("up", await stack.up());
    const scene = new FaultScene(lab, stack, topology);
    await scene.untilEveryPairPings();
    return scene;
  }

  host(name: string): Host {
    return this.lab.host(name);
  }

  /** Has the program declare these containers besides its own, or in the place of them. */
  async declare(containers: Readonly<Record<string, ContainerArguments>>): Promise<void> {
    await this.stack.declare({ ...this.topology, containers: { ...this.topology.containers, ...containers } });
  }

  /** The same, and an `up` of it. {@link FaultScene.restore} has to follow before the fault is over. */
  async apply(containers: Readonly<Record<string, ContainerArguments>>): Promise<Outcome> {
    await this.declare(containers);
    return this.stack.up();
  }

  /** An `up` of what the scene was built with. */
  async restore(): Promise<void> {
    succeeded("up of what was there", await this.apply({}));
  }

  /** Whether a single ping from one container reaches another within a fifth of a second. */
  async reaches(from: string, to: string): Promise<boolean> {
    const [one, other] = [this.#member(from), this.#member(to)];
    return (await one.exec(["ping", "-n", "-q", "-c", "1", "-W", "0.2", other.ip], { reject: false })).exitCode === 0;
  }

  /** Lets a fault happen, once, and waits until all is well again. @throws with all hosts' tables when it does not come to that */
  async measure(fault: Fault): Promise<Measured> {
    const flows = await Promise.all(fault.undisturbed.map(([from, to]) => this.#flow(from, to)));
    let start = Date.now();
    await fault.strike(this);
    if (fault.end !== undefined) {
      start = Date.now();
      await fault.end(this);
    }
    const { recovered } = fault;
    if (recovered !== undefined) {
      const evidence = (): Promise<string> => this.evidence();
      await until(`recovery: ${fault.name}`, () => recovered(this), { within: RECOVERED, every: 20 }, evidence);
    }
    const recovery = Math.max((await this.untilEveryPairPings()) - start, 0);
    const ended = await Promise.all(flows.map((stop) => stop()));
    if (fault.tidy !== undefined) {
      await fault.tidy(this);
      await this.untilEveryPairPings();
    }
    const sum = (of: (flow: { sent: number; received: number }) => number): number =>
      ended.reduce((total, flow) => total + of(flow), 0);
    return { recovery, sent: sum(({ sent }) => sent), lost: sum(({ sent, received }) => sent - received) };
  }

  /** Waits for it, each host by itself, and answers when the last of them saw it, by the clock that all share. */
  async untilEveryPairPings(): Promise<number> {
    const all = members(this.lab, this.topology);
    const seen = await Promise.all(
      this.lab.hosts.map(async (host) => {
        const pairs = all
          .filter((from) => from.host.name === host.name)
          .flatMap((from) => all.filter((to) => to !== from).map((to) => `${from.name}:${to.ip}`));
        const { stdout, exitCode } = await host.script(
          `end=$(($(date +%s) + ${RECOVERED / 1000}))
           for pair in ${pairs.join(" ")}; do
             until ip netns exec "\${pair%:*}" ping -n -q -c 1 -W 0.2 "\${pair#*:}" >/dev/null 2>&1; do
               [ "$(date +%s)" -lt $end ] || exit 1
             done
           done
           date +%s%3N`,
          { reject: false, timeout: 2 * RECOVERED },
        );
        if (exitCode !== 0) throw new Error(`${host.name} does not reach everybody\n${await this.evidence()}`);
        return Number(stdout.trim().split("\n").at(-1));
      }),
    );
    return Math.max(...seen);
  }

  async evidence(): Promise<string> {
    return (await Promise.all(this.lab.hosts.map(tables))).join("\n");
  }

  /** Starts a ping each ten milliseconds; returned when it runs. The answer stops it. */
  async #flow(from: string, to: string): Promise<() => Promise<{ sent: number; received: number }>> {
    const [one, other] = [this.#member(from), this.#member(to)];
    const argv = ["ping", "-n", "-i", "0.01", "-w", "300", other.ip];
    const flow = one.exec(argv, { reject: false, timeout: 320_000 });
    const line = ["pgrep", "-fx", argv.join(" ").replaceAll(".", "[.]")];
    const runs = async (): Promise<boolean> => (await one.host.ssh(line, { reject: false })).exitCode === 0;
    await until(`a ping from ${from} to ${to} runs`, runs, { within: 20_000 });
    return async () => {
      await one.host.ssh(["pkill", "-INT", ...line.slice(1)]);
      const { stdout, stderr } = await flow;
      return parseEndedPing(stdout, stderr);
    };
  }

  #member(name: string): ReturnType<typeof members>[number] {
    const found = members(this.lab, this.topology).find((member) => member.name === name);
    if (found === undefined) throw new Error(`the scene has no container ${name}`);
    return found;
  }
}

/** Whether the resolver of a host runs, in another process than the one given. */
export async function anotherResolver(host: Host, than: string): Promise<boolean> {
  const pid = await resolverPid(host);
  return pid !== "0" && pid !== than;
}

/** The process of the resolver, "0" for none; it counts as running when it has said that it is ready. */
export async function resolverPid(host: Host): Promise<string> {
  const unit = "overlaynet-resolver@lab.service";
  const { stdout } = await host.ssh(["systemctl", "show", "-P", "MainPID", "-P", "ActiveState", unit], {
    reject: false,
  });
  const [pid = "0", state] = stdout.split("\n");
  return state === "active" ? pid : "0";
}
