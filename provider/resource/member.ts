import { isBag } from "../bag.js";
import type { Bag, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult } from "../engine.js";
import type { Effort, HostSession, Services } from "../fleet.js";
import { type Host, type HostInputs, hostsIn, listHosts } from "../hosts.js";
import { difference, touchesHosts } from "./difference.js";
import { differsInWords } from "./drift.js";
import { newId } from "./identity.js";
import type { MemberInputs, MemberKind } from "./member-kind.js";
import { onAll, type Outcome, together, troubles } from "./outcome.js";
import { PartialFailure } from "./partial.js";
import { Failures, reach, type Reached } from "./reach.js";
import { forEachSession, readResult } from "./refreshed.js";
import { patiently, rounds } from "./rounds.js";
import { fromState, limitsOf, nextGeneration, outputs, ownerOf } from "./state.js";

/** A member of an overlay: on every host that is told a record, on a container's own host the container. */
export class MemberResource<Inputs extends MemberInputs> {
  readonly #kind: MemberKind<Inputs>;
  readonly #services: Services;

  constructor(kind: MemberKind<Inputs>, services: Services) {
    this.#kind = kind;
    this.#services = services;
  }

  check(news: Bag): CheckResult {
    return this.#kind.check(news);
  }

  diff(olds: Bag, news: Bag): DiffResult {
    return difference(this.#kind.fields, this.#kind.identity, olds, news);
  }

  /**
   * All hosts at once: nobody has talked to it yet, so nobody minds a record that is there a moment before it. Those that do not answer are left in `pending`; when one refuses, what the others did is undone.
   */
  async create(bag: Bag): Promise<CreateResult> {
    const inputs = bag as unknown as Inputs;
    const id = newId(inputs.name, this.#services.random());
    const generation = nextGeneration({}, this.#services.now());
    const reached = await this.#reach(inputs, this.#kind.hosts(inputs));
    this.#need(inputs, reached);
    const outcome = await this.#applyInOrder(id, inputs, generation, reached, this.#kind.home(inputs));
    const wrong = troubles(outcome);
    const pending = this.#pending(inputs, reached, outcome);
    if (outcome.refused.size > 0) {
      const touched = [...reached.sessions.values()].filter(({ host }) => {
        return outcome.done.includes(host.name) || outcome.failed.has(host.name) || outcome.lost.has(host.name);
      });
      const undone = await onAll(touched, (session) => this.#remove(id, inputs, generation, session));
      if (troubles(undone).size === 0) throw new Failures([...wrong.values()]);
    }
    const outs = this.#outs(bag, generation, pending, new Map());
    if (outcome.refused.size + outcome.failed.size > 0 || this.#lostHome(inputs, outcome)) {
      throw new PartialFailure(id, [...wrong.values()], outs, bag);
    }
    return { id, outs };
  }

  /** The new host first, then the others, the old host last: a peer is never told of a place where nothing is yet. */
  async update(id: string, state: Bag, bag: Bag): Promise<UpdateResult> {
    const olds = fromState(state);
    const inputs = bag as unknown as Inputs;
    if (!touchesHosts(this.#kind.fields, olds, bag)) {
      return { outs: this.#outs(bag, Number(olds["generation"]), new Map(), new Map()) };
    }
    const generation = nextGeneration(olds, this.#services.now());
    const hosts = this.#kind.hosts(inputs);
    const before: HostInputs = { ...hostsIn(olds["leaving"]), ...this.#kind.hosts(olds as unknown as Inputs) };
    const former = listHosts(before).filter((host) => !(host.name in hosts));
    const reached = await this.#reach(inputs, { ...before, ...hosts });
    this.#need(inputs, reached);
    const oldHome = this.#kind.home(olds as unknown as Inputs);
    const missed = new Set(Object.keys(isBag(olds["pending"]) ? olds["pending"] : {}));
    const outcome = await this.#applyInOrder(id, inputs, generation, reached, oldHome, missed);
    const wrong = troubles(outcome);
    if (outcome.done.length === 0 && outcome.refused.size > 0 && outcome.failed.size + outcome.lost.size === 0) {
      throw new Failures([...wrong.values()]);
    }
    const left = await onAll(
      former.flatMap((host) => reached.sessions.get(host.name) ?? []),
      (session) => this.#remove(id, inputs, generation, session),
    );
    const leaving = this.#leaving(inputs, former, reached, left);
    const outs = this.#outs(bag, generation, this.#pending(inputs, reached, outcome), leaving);
    const reasons = [...wrong.values(), ...troubles(left).values()];
    if (outcome.refused.size + outcome.failed.size + troubles(left).size > 0 || this.#lostHome(inputs, outcome)) {
      throw new PartialFailure(id, reasons, outs, bag);
    }
    return { outs };
  }

  /** Compares every host that is told. One that cannot be asked is an error: nobody knows then what is there. */
  async read(id: string, state: Bag): Promise<ReadResult> {
    const props = fromState(state);
    const inputs = props as unknown as Inputs;
    const { sessions, unreachable, missing } = await this.#reach(inputs, this.#kind.hosts(inputs), true);
    if (unreachable.size > 0) throw new Failures([...unreachable.values()].map((failure) => failure.message));
    const drift = new Map([...missing].map(([name]) => [name, "overlaynet is not installed, want it"]));
    const found = new Set<string>();
    await forEachSession(sessions, async (session) => {
      const answer = await session.read({ owner: ownerOf(id, inputs.owner), target: this.#target(inputs) });
      if (answer.found) found.add(session.host.name);
      const what = `${this.#kind.title.toLowerCase()} ${inputs.name}`;
      const differences = differsInWords(answer, this.#kind.spec(inputs), what);
      if (differences.length > 0) drift.set(session.host.name, differences.join("; "));
    });
    if (found.size === 0) return {};
    return readResult(id, props, this.#kind.fields, drift);
  }

  /** A peer that does not answer keeps a record of what is no more, until a later generation takes its address; its own host has to answer. */
  async delete(id: string, state: Bag): Promise<void> {
    const props = fromState(state);
    const inputs = props as unknown as Inputs;
    const hosts: HostInputs = { ...hostsIn(props["leaving"]), ...this.#kind.hosts(inputs) };
    const reached = await this.#reach(inputs, hosts);
    const generation = nextGeneration(props, this.#services.now());
    const outcome = await onAll(reached.sessions.values(), (session) => this.#remove(id, inputs, generation, session));
    const sentences = [...troubles(outcome).values()];
    const home = this.#kind.home(inputs);
    for (const [name, failure] of reached.unreachable) {
      const needed = name === home || (home === undefined && reached.sessions.size + reached.missing.size === 0);
      if (!needed || inputs.deleteUnreachable) this.#say(inputs, `warning: ${failure.message}; it keeps a record`);
      else
        sentences.push(
          `${failure.message}; if it is gone for good, set deleteUnreachable: true and run \`pulumi up\` before destroy`,
        );
    }
    if (sentences.length > 0) throw new Failures(sentences);
  }

  async #applyInOrder(
    id: string,
    inputs: Inputs,
    generation: number,
    { sessions }: Reached,
    oldHome: string | undefined,
    missed: ReadonlySet<string> = new Set(),
  ): Promise<Outcome> {
    const hosts = this.#kind.hosts(inputs);
    const home = this.#kind.home(inputs);
    const told = [...sessions.values()].filter(({ host }) => host.name in hosts);
    const owner = ownerOf(id, inputs.owner);
    const spec = this.#kind.spec(inputs);
    const outcomes: Outcome[] = [];
    for (const round of rounds(told, home, oldHome)) {
      const outcome = await onAll(round, (session) =>
        patiently(this.#services, () =>
          session.apply({
            owner,
            generation,
            spec,
            adopt: inputs.adopt,
            // It did not hear what else was given up while it was away.
            ...(missed.has(session.host.name) ? { supersede: true } : {}),
          }),
        ),
      );
      outcomes.push(outcome);
      // What its own host would not have, no other host should hear of.
      if (round.some(({ host }) => host.name === home) && outcome.done.length === 0) break;
    }
    return together(outcomes);
  }

  #remove(id: string, inputs: Inputs, generation: number, session: HostSession): Promise<unknown> {
    const { overlayId } = inputs;
    return session.remove({ owner: ownerOf(id, inputs.owner), generation, target: this.#target(inputs), overlayId });
  }

  #target(inputs: Inputs): { kind: "container" | "neigh"; overlay: string; name: string } {
    return { kind: this.#kind.kind, overlay: inputs.overlay.name, name: inputs.name };
  }

  #reach(inputs: Inputs, hosts: HostInputs, all = false): Promise<Reached> {
    const home = this.#kind.home(inputs);
    return reach(this.#services.fleet, listHosts(hosts), (host): Effort => {
      return {
        required: all || host.name === home,
        install: false,
        ...limitsOf(inputs.timeouts),
        say: (line) => {
          this.#say(inputs, line);
        },
      };
    });
  }

  /** Nothing is begun when the host that matters cannot do its part. */
  #need(inputs: Inputs, { sessions, unreachable, missing }: Reached): void {
    const hosts = this.#kind.hosts(inputs);
    const home = this.#kind.home(inputs);
    const away = [...missing, ...unreachable].filter(([name]) => name in hosts);
    const told = Object.keys(hosts).filter((name) => sessions.has(name));
    const needed = home === undefined ? told.length === 0 : !sessions.has(home);
    if (needed) {
      const about = home === undefined ? away : away.filter(([name]) => name === home);
      throw new Failures(about.map(([, failure]) => failure.message));
    }
    const bare = away.filter(([name]) => missing.has(name));
    if (bare.length > 0) throw new Failures(bare.map(([, failure]) => failure.message));
  }

  #lostHome(inputs: Inputs, outcome: Outcome): boolean {
    const home = this.#kind.home(inputs);
    return home !== undefined && outcome.lost.has(home);
  }

  #pending(inputs: Inputs, { unreachable }: Reached, outcome: Outcome): Map<string, string> {
    const hosts = this.#kind.hosts(inputs);
    const pending = troubles(outcome);
    for (const [name, failure] of unreachable) if (name in hosts) pending.set(name, failure.message);
    for (const [name, sentence] of pending) {
      if (!outcome.refused.has(name))
        this.#say(inputs, `warning: ${sentence}; ${name} is told at the next \`pulumi up\``);
    }
    return pending;
  }

  /** Hosts that are not told any more and have not forgotten yet. */
  #leaving(inputs: Inputs, former: readonly Host[], reached: Reached, left: Outcome): Map<string, unknown> {
    const leaving = new Map<string, unknown>();
    for (const { name, ...input } of former) {
      const away = reached.unreachable.has(name) && !inputs.deleteUnreachable;
      if (away || troubles(left).has(name)) leaving.set(name, input);
    }
    return leaving;
  }

  #say(inputs: Inputs, line: string): void {
    this.#services.log(`[${this.#kind.title} ${inputs.name}] ${line}`);
  }

  #outs(
    bag: Bag,
    generation: number,
    pending: ReadonlyMap<string, string>,
    leaving: ReadonlyMap<string, unknown>,
  ): Bag {
    const computed = this.#kind.computed(bag as unknown as Inputs);
    return outputs(bag, { ...computed, generation }, { pending, leaving });
  }
}
