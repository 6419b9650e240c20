import { type Owner, type Spec, type Target, targetOf } from "@overlaynet/core";
import type { ApplyResult, FailureCode, ReadResult, RemoveResult } from "@overlaynet/core/protocol";
import type { ApplyAsk, Effort, Fleet, HostSession, ReadAsk, RemoveAsk, Services } from "@overlaynet/provider/fleet";
import { HostFailure } from "@overlaynet/provider/host-failure";
import { type Host, label } from "@overlaynet/provider/hosts";

/** What a model host holds of one resource. */
export interface Held {
  readonly owner: Owner;
  readonly generation: number;
  readonly spec: Spec;
}

/** A model of one host: desired files in memory, and what goes wrong next. */
export class FakeHost {
  readonly held = new Map<string, Held>();
  reachable = true;
  installed = true;
  /** Whether it could not have the agent. */
  unfit = false;
  /** Whether the connection breaks while the agent is put there. */
  breaks = false;
  bootId: string;
  /** Answers the next applies of this kind so: once, or as often as said. */
  failNext: { kind: Spec["kind"]; code: FailureCode; message: string; times?: number } | undefined;
  /** Answers every remove so. */
  failRemove: string | undefined;
  drift: string[] = [];
  /** What it says instead of the truth; it does as it is asked all the same. */
  lies: { read?: ReadResult; apply?: ApplyResult; remove?: RemoveResult } = {};
  /** Containers of other stacks on the overlay here, in words. */
  others: string[] = [];

  constructor(readonly name: string) {
    this.bootId = `boot-${name}`;
  }

  /** The specs of a kind, by name. */
  specs(kind: Spec["kind"]): Spec[] {
    return [...this.held.values()].map(({ spec }) => spec).filter((spec) => spec.kind === kind);
  }
}

/** Model hosts, and a log of everything that was asked of them, in order. */
export class FakeFleet implements Fleet {
  readonly hosts = new Map<string, FakeHost>();
  /** `apply a container red`. */
  readonly asked: string[] = [];
  opened = 0;

  constructor(...names: string[]) {
    for (const name of names) this.hosts.set(name, new FakeHost(name));
  }

  host(name: string): FakeHost {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`no host ${name}`);
    return host;
  }

  async examine(host: Host, effort: Effort): Promise<void> {
    const model = this.host(host.name);
    await Promise.resolve();
    if (!model.reachable) throw new HostFailure("unreachable", label(host), "connect", "no answer; is it up?");
    if (model.unfit) throw new HostFailure("rejected", label(host), "install", "its kernel is Linux 4.19");
    if (!model.installed && !effort.install) throw new HostFailure("missing", label(host), "session", "not installed");
  }

  async open(host: Host, effort: Effort): Promise<HostSession> {
    this.opened += 1;
    const model = this.host(host.name);
    await Promise.resolve();
    if (!model.reachable) throw new HostFailure("unreachable", label(host), "connect", "no answer; is it up?");
    if (!model.installed && !effort.install) throw new HostFailure("missing", label(host), "session", "not installed");
    model.installed = true;
    if (effort.install && model.breaks) {
      model.installed = false;
      throw new HostFailure("unreachable", label(host), "install", "the connection broke");
    }
    return new FakeSession(host, model, this.asked);
  }

  async clear(host: Host): Promise<void> {
    this.asked.push(`clear ${host.name}`);
    const model = this.host(host.name);
    await Promise.resolve();
    if (!model.reachable || model.breaks) throw new HostFailure("unreachable", label(host), "connect", "no answer");
  }
}

class FakeSession implements HostSession {
  readonly greeting: HostSession["greeting"];

  constructor(
    readonly host: Host,
    private readonly model: FakeHost,
    private readonly asked: string[],
  ) {
    this.greeting = {
      protocol: { newest: 1, oldest: 1 },
      agent: { version: "0.1.0", digest: "d" },
      host: { hostname: host.name, machineId: "m", bootId: model.bootId, kernel: "6.1", architecture: "x64" },
    };
  }

  async apply({ owner, generation, spec }: ApplyAsk): Promise<ApplyResult> {
    await this.#begin("apply", targetOf(spec));
    const fault = this.model.failNext;
    if (fault?.kind === spec.kind) {
      const times = (fault.times ?? 1) - 1;
      this.model.failNext = times > 0 ? { ...fault, times } : undefined;
      if (fault.code === "failed") this.model.held.set(keyOf(targetOf(spec)), { owner, generation, spec });
      throw new HostFailure(fault.code, label(this.host), "apply", fault.message);
    }
    const before = this.model.held.get(keyOf(targetOf(spec)));
    if (before !== undefined && before.generation > generation) {
      throw new HostFailure("stale", label(this.host), "apply", "this host knows a later generation");
    }
    this.model.held.set(keyOf(targetOf(spec)), { owner, generation, spec });
    return this.model.lies.apply ?? { steps: 1, repaired: [] };
  }

  async remove({ owner, target }: RemoveAsk): Promise<RemoveResult> {
    await this.#begin("remove", target);
    const { failRemove } = this.model;
    if (failRemove !== undefined) throw new HostFailure("failed", label(this.host), "remove", failRemove);
    const removed = this.model.held.get(keyOf(target))?.owner.uid === owner.uid;
    if (removed) this.model.held.delete(keyOf(target));
    return this.model.lies.remove ?? { removed };
  }

  async read({ owner, target }: ReadAsk): Promise<ReadResult> {
    await this.#begin("read", target);
    if (this.model.lies.read !== undefined) return this.model.lies.read;
    const held = this.model.held.get(keyOf(target));
    if (held?.owner.uid !== owner.uid) return { found: false, drift: [] };
    return { found: true, spec: held.spec, drift: this.model.drift };
  }

  async othersOn(overlay: string): Promise<readonly string[]> {
    await this.#begin("look at", { kind: "overlay", overlay });
    return this.model.others;
  }

  async #begin(verb: string, target: Target): Promise<void> {
    this.asked.push(`${verb} ${this.host.name} ${keyOf(target)}`);
    await Promise.resolve();
  }
}

function keyOf(target: Target): string {
  return target.kind === "overlay" ? `overlay ${target.overlay}` : `${target.kind} ${target.name}`;
}

/** Services over model hosts, with a clock that ticks a second at each look and counted randomness. */
export function fakeServices(fleet: FakeFleet): Services & { readonly lines: string[] } {
  let time = 1_000_000;
  let count = 0;
  const lines: string[] = [];
  return {
    fleet,
    lines,
    wait: () => Promise.resolve(),
    now: () => (time += 1000),
    random: () => (count += 1).toString(16).padStart(8, "0"),
    log: (line) => lines.push(line),
  };
}
