import { readFile } from "node:fs/promises";
import { type Member, members, pairs, tables } from "../checks/network.js";
import { Stack } from "../checks/stack.js";
import { hostArguments } from "../checks/topology.js";
import { diffSnapshots, type Host, Lab, type Snapshot, snapshot } from "../hosts/index.js";
import { until } from "../hosts/poll.js";
import { deleteByHand, emptyDisk, fillDisk, foreign, healHost, killResolver, part, slow } from "./deeds.js";
import { Model } from "./model.js";
import { type Edit, type HostName, type Operation, tell, unseen } from "./operation.js";

/** Milliseconds in which a host mends what its resolver sees, and what only its timer finds. */
const SEEN = 30_000;
const UNSEEN = 100_000;

/** A promise that was not kept. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** Three lab hosts to which things happen, beside a model of what is promised of them. */
export class ChaosWorld {
  readonly #model: Model;
  /** Hosts that are off, or whose cable is out. */
  readonly #away = new Set<HostName>();
  #patience = SEEN;
  /** Whether hosts have the record that nobody may remove. */
  #isPlanted = false;

  private constructor(
    private readonly lab: Lab,
    private readonly stack: Stack,
    private readonly untouched: readonly Snapshot[],
    private readonly canary: string,
  ) {
    this.#model = new Model(hostArguments(lab));
  }

  /** The hosts' first state: red and green on a, pink on b. */
  static async build(name: string): Promise<ChaosWorld> {
    const lab = await Lab.up({ name, hosts: 3 });
    const untouched = await Promise.all(lab.hosts.map((host) => snapshot(host)));
    const key = await readFile(lab.privateKeyPath, "utf8");
    const stack = await Stack.create(lab, name);
    // Beside the paths that are named, so that there is a secret to keep (promise 6).
    await stack.configure({}, { "overlaynet:privateKey": key });
    const world = new ChaosWorld(lab, stack, untouched, key.split("\n")[2] ?? "");
    await world.#up([]);
    await world.#quiet();
    for (const host of lab.hosts) await host.script(`echo ${foreign.mac} > ${foreign.path}`);
    world.#isPlanted = true;
    return world;
  }

  /** Lets one thing happen, and holds the world to what is promised meanwhile. @throws Violation */
  async take(operation: Operation): Promise<void> {
    switch (operation.do) {
      case "up":
        await this.#up(operation.edits);
        break;
      case "interrupted up":
        await this.#interruptedUp(operation.edits, operation.after);
        break;
      case "quiet":
        await this.#quiet();
        break;
      default:
        await this.#break(operation);
    }
    await this.#expectUndisturbed(`after: ${tell(operation)}`);
  }

  /** Quiet, then nothing is left (promise 5). @throws Violation */
  async end(): Promise<void> {
    await this.#quiet();
    for (const host of this.lab.hosts) await host.ssh(["rm", foreign.path]);
    const { ok, output } = await this.stack.destroy();
    if (!ok) throw new Violation(`destroy failed: ${output}`);
    for (const [index, host] of this.lab.hosts.entries()) {
      const left = diffSnapshots(this.untouched[index] ?? {}, await snapshot(host));
      if (left !== "") throw new Violation(`promise 5: ${host.name} is not as it was:\n${left}`);
    }
  }

  async #break(operation: Exclude<Operation, { do: "up" | "interrupted up" | "quiet" }>): Promise<void> {
    const host = this.lab.host(operation.host);
    // Nobody can do anything on a host that is off or cut off, and nobody need.
    if (this.#away.has(operation.host)) return;
    if (operation.do === "kill resolver") return killResolver(host);
    if (operation.do === "partition") {
      if (operation.host === operation.from) return;
      this.#model.part(operation.host, operation.from);
      return part(host, this.lab.host(operation.from), operation.ways);
    }
    this.#model.broken.add(operation.host);
    if (operation.do === "power off" || operation.do === "pull cable") this.#away.add(operation.host);
    await this.#damage(host, operation);
  }

  async #damage(host: Host, operation: Operation): Promise<void> {
    switch (operation.do) {
      case "pull cable":
        return this.lab.cable(host.name, "out");
      case "slow link":
        return slow(host);
      case "fill disk":
        return fillDisk(host);
      case "delete by hand":
        if ((unseen as readonly string[]).includes(operation.what)) this.#patience = UNSEEN;
        return deleteByHand(host, operation.what);
      // What is on the full disk would be lost with the file system in memory: a fault of the test's, not of the disk's.
      case "reboot":
        await emptyDisk(host);
        return host.reboot();
      case "power cut":
        await emptyDisk(host);
        return host.kill9AndRestart();
      case "power off":
        await emptyDisk(host);
        return host.powerOff();
      default:
        throw new Error(`not a damage: ${tell(operation)}`);
    }
  }

  async #up(edits: readonly Edit[]): Promise<string> {
    this.#model.change(edits);
    await this.stack.declare(this.#model.topology());
    const { ok, output } = await this.stack.up();
    this.#expectNoSecret(output);
    // The provider's own warnings name the host that was left out; the engine has others.
    this.#model.behind = !ok || /warning: [abc] \(/.test(output);
    if (!this.#model.behind) this.#model.settle();
    const isWhole = this.#model.broken.size === 0 && this.#away.size === 0;
    if (!ok && isWhole) throw new Violation(`an up failed though nothing was broken: ${output}`);
    if (/Unexpected struct type|TypeError|unhandled/i.test(output)) throw new Violation(`up broke: ${output}`);
    return output;
  }

  async #interruptedUp(edits: readonly Edit[], after: number): Promise<void> {
    this.#model.change(edits);
    await this.stack.declare(this.#model.topology());
    const operation = this.stack.start(["up", "--yes", "--skip-preview"]);
    const timer = setTimeout(() => operation.command.kill("SIGINT"), after);
    const { output } = await operation.outcome;
    clearTimeout(timer);
    this.#expectNoSecret(output);
    this.#model.behind = true;
  }

  /** All faults end; then every promise is held against the hosts. */
  async #quiet(): Promise<void> {
    for (const host of this.lab.hosts) await healHost(this.lab, host);
    this.#away.clear();
    const { behind } = this.#model;
    this.#model.heal();
    // Before anybody applies anything: promise 1.
    if (!behind) await this.#untilAllReach("promise 1: hosts mend themselves");
    const output = await this.#up([]);
    if (this.#model.behind) throw new Violation(`an up warned though nothing was broken: ${output}`);
    await this.#untilAllReach("promise 5: an up finishes what was interrupted");
    await this.#expectNoChange();
    await this.#expectForeign();
    this.#expectNoSecret(await this.stack.export());
    this.#patience = SEEN;
  }

  async #untilAllReach(what: string): Promise<void> {
    let missing: readonly string[] = [];
    const all = async (): Promise<boolean> => (missing = await this.#unreached(() => true)).length === 0;
    await until(what, all, { within: this.#patience, every: 200 }).catch(async () => {
      throw new Violation(`${what}: ${missing.join(", ")}\n${await this.#evidence()}`);
    });
  }

  /** Promise 3, and that every host's kernel is as accepted (promise 1): refresh compares every attribute on every host. */
  async #expectNoChange(): Promise<void> {
    const { ok, output } = await this.stack.preview("--expect-no-changes");
    if (!ok) throw new Violation(`promise 3: a preview after an up shows changes: ${output}`);
    let last = "";
    const refreshed = async (): Promise<boolean> => {
      // Without applying it: what it finds would be in state then, and the next one would find no change.
      const refresh = await this.stack.pulumi(["refresh", "--preview-only", "--diff"]);
      last = refresh.output;
      return refresh.ok && !/^ +[-+~]+ \d+ /m.test(last);
    };
    await until("no drift", refreshed, { within: this.#patience, every: 500 }).catch(() => {
      throw new Violation(`promise 1: a host is not as it accepted to be: ${last}`);
    });
  }

  async #expectForeign(): Promise<void> {
    if (!this.#isPlanted) return;
    for (const host of this.lab.hosts) {
      const { stdout } = await host.ssh(["cat", foreign.path], { reject: false });
      if (stdout.trim() !== foreign.mac) throw new Violation(`promise 4: ${foreign.path} of ${host.name} is gone`);
    }
  }

  #expectNoSecret(text: string): void {
    if (text.includes(this.canary)) throw new Violation("promise 6: a secret is in state or output");
  }

  /** Promise 2: whoever nothing was done to goes on talking. */
  async #expectUndisturbed(when: string): Promise<void> {
    if (this.#model.behind) return;
    const must = (from: Member, to: Member): boolean => this.#model.mustReach(from.host.name, to.host.name);
    const missing = await this.#unreached(must);
    if (missing.length > 0) {
      throw new Violation(`promise 2, ${when}: ${missing.join(", ")}\n${await this.#evidence()}`);
    }
  }

  /** The pairs that have to, and do not reach each other: with three pings, none of which comes back, full-size ones. */
  async #unreached(must: (from: Member, to: Member) => boolean): Promise<string[]> {
    const wanted = pairs(members(this.lab, this.#model.topology())).filter(([from, to]) => must(from, to));
    const answers = await Promise.all(
      this.lab.hosts.map(async (host) => {
        const own = wanted.filter(([from]) => from.host.name === host.name);
        if (own.length === 0) return "";
        const line = ([from, to]: [Member, Member]): string =>
          `(ip netns exec ${from.name} ping -n -q -c 3 -i 0.2 -W 1 -M do -s ${this.#model.mtu - 28} ${to.ip} >/dev/null 2>&1 || echo "${from.name} → ${to.name}") &`;
        return (await host.script(`${own.map(line).join("\n")}\nwait`, { timeout: 60_000 })).stdout;
      }),
    );
    return answers.flatMap((text) => text.split("\n").filter((part) => part !== ""));
  }

  async #evidence(): Promise<string> {
    const all = await Promise.all(
      this.lab.hosts.map(async (host) => ((await host.power()) === "on" ? tables(host) : `host ${host.name} is off`)),
    );
    return all.join("\n");
  }
}
