import type { Bag, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult } from "../engine.js";
import type { Effort, HostSession, Services } from "../fleet.js";
import { messageOf } from "../host-failure.js";
import { type Host, type HostInputs, hostsIn, label, listHosts } from "../hosts.js";
import { checkOverlay, type OverlayInputs } from "../input/overlay.js";
import { differsInWords } from "./drift.js";
import { difference, touchesHosts } from "./difference.js";
import { newId } from "./identity.js";
import { onAll, type Outcome, together, troubles } from "./outcome.js";
import { identity, overlayFields, specOf, targetOf } from "./overlay-spec.js";
import { PartialFailure } from "./partial.js";
import { examineAll, Failures, reach, type Reached, tryReach } from "./reach.js";
import { forEachSession, readResult } from "./refreshed.js";
import { takeBack } from "./take-back.js";
import { fromState, limitsOf, nextGeneration, outputs, ownerOf } from "./state.js";

/** The Overlay resource: the same switch on all its hosts. */
export class OverlayResource {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  check(news: Bag): CheckResult {
    return checkOverlay(news);
  }

  diff(olds: Bag, news: Bag): DiffResult {
    return difference(overlayFields, identity, olds, news);
  }

  /** Every host has to answer before one is changed; when one refuses, what the others did is undone. */
  async create(bag: Bag): Promise<CreateResult> {
    const inputs = bag as unknown as OverlayInputs;
    const id = newId(inputs.name, this.#services.random());
    const generation = nextGeneration({}, this.#services.now());
    const hosts = listHosts(inputs.hosts);
    const owner = ownerOf(id, inputs.owner);
    const effort = (): Effort => this.#effort(inputs, true);
    const ask = { owner, generation, target: targetOf(inputs), overlayId: id };
    await examineAll(this.#services.fleet, hosts, effort);
    const reached = await tryReach(this.#services.fleet, hosts, effort);
    const { sessions } = reached;
    const obstacles = [...away(reached).values(), ...reached.rejected.values(), ...twins(sessions)];
    if (obstacles.length > 0) {
      const held = await takeBack(this.#services.fleet, hosts, sessions, effort(), (session) => session.remove(ask));
      if (held.length === 0) throw new Failures(obstacles);
      // The way to them is gone. What is recorded, a destroy can take back.
      const pending = new Map(hosts.map(({ name }) => [name, away(reached).get(name) ?? unbegun]));
      throw new PartialFailure(id, obstacles, this.#outs(id, bag, generation, pending, new Map()), bag);
    }
    const outcome = await onAll(sessions.values(), (session) =>
      session.apply({ owner, generation, spec: specOf(id, inputs, session.host, false), adopt: inputs.adopt }),
    );
    const wrong = troubles(outcome);
    if (wrong.size === 0) return { id, outs: this.#outs(id, bag, generation, new Map(), new Map()) };
    if (outcome.refused.size > 0) {
      const undone = await onAll(begun(sessions, outcome), (session) => session.remove(ask));
      if (troubles(undone).size === 0) throw new Failures([...wrong.values()]);
    }
    throw new PartialFailure(id, [...wrong.values()], this.#outs(id, bag, generation, wrong, new Map()), bag);
  }

  /** A host that does not answer is left in `pending` when the overlay is there already; a new one has to answer. Hosts that were taken out are told to leave. */
  async update(id: string, state: Bag, bag: Bag): Promise<UpdateResult> {
    const olds = fromState(state);
    const inputs = bag as unknown as OverlayInputs;
    if (!touchesHosts(overlayFields, olds, bag)) {
      return { outs: this.#outs(id, bag, Number(olds["generation"]), new Map(), new Map()) };
    }
    const generation = nextGeneration(olds, this.#services.now());
    const before: HostInputs = { ...hostsIn(olds["leaving"]), ...hostsIn(olds["hosts"]) };
    const former = listHosts(before).filter((host) => !(host.name in inputs.hosts));
    const formerNames = new Set(former.map((host) => host.name));
    const effort = (host: Host): Effort => this.#effort(inputs, !(host.name in before), !formerNames.has(host.name));
    const hosts = [...listHosts(inputs.hosts), ...former];
    await examineAll(this.#services.fleet, hosts, effort, (host) => host.name in before);
    const reached = await tryReach(this.#services.fleet, hosts, effort);
    const { sessions, unreachable, missing } = reached;
    const strangers = [...away(reached)].filter(([name]) => !(name in before)).map(([, sentence]) => sentence);
    const obstacles = [...strangers, ...reached.rejected.values(), ...twins(sessions)];
    const owner = ownerOf(id, inputs.owner);
    if (obstacles.length > 0) {
      const newcomers = hosts.filter(({ name }) => !(name in before));
      // By an id that no host knows: what is new may be, under a second name, a machine that has this overlay.
      const uid = newId(inputs.name, this.#services.random());
      const ask = { owner: { ...owner, uid }, generation, target: targetOf(inputs), overlayId: uid };
      const held = await takeBack(this.#services.fleet, newcomers, sessions, this.#effort(inputs, true), (session) =>
        session.remove(ask),
      );
      if (held.length === 0) throw new Failures(obstacles);
      const leaving = {
        ...hostsIn(olds["leaving"]),
        ...Object.fromEntries(held.map(({ name, ...host }) => [name, host])),
      };
      throw new PartialFailure(id, obstacles, { ...olds, leaving }, bag);
    }
    const outcome = await onAll(sessions.values(), (session) => {
      const leaving = formerNames.has(session.host.name);
      const spec = specOf(id, inputs, session.host, leaving);
      return session.apply({ owner, generation, spec, adopt: inputs.adopt });
    });
    const wrong = troubles(outcome);
    if (outcome.done.length === 0 && outcome.refused.size > 0 && outcome.failed.size + outcome.lost.size === 0) {
      throw new Failures([...wrong.values()]);
    }
    const pending = new Map([...wrong].filter(([name]) => !formerNames.has(name)));
    const leaving = new Map<string, unknown>();
    for (const host of former) {
      const { name, ...input } = host;
      const away = unreachable.has(name);
      if (missing.has(name) || (away && inputs.deleteUnreachable)) continue;
      if (away || wrong.has(name)) leaving.set(name, input);
    }
    for (const [name, failure] of unreachable) {
      if (!formerNames.has(name)) pending.set(name, failure.message);
      this.#say(inputs, `warning: ${failure.message}; the others go on, the next \`pulumi up\` tries again`);
    }
    const outs = this.#outs(id, bag, generation, pending, leaving);
    if (wrong.size > 0) throw new PartialFailure(id, [...wrong.values()], outs, bag);
    return { outs };
  }

  /** Compares every host. One that cannot be asked is an error: nobody knows then what is there. */
  async read(id: string, state: Bag): Promise<ReadResult> {
    const props = fromState(state);
    const inputs = props as unknown as OverlayInputs;
    const { sessions, unreachable, missing } = await reach(this.#services.fleet, listHosts(inputs.hosts), () =>
      this.#effort(inputs, true, false),
    );
    if (unreachable.size > 0) throw new Failures([...unreachable.values()].map((failure) => failure.message));
    const drift = new Map([...missing].map(([name]) => [name, "overlaynet is not installed, want the overlay"]));
    let found = 0;
    await forEachSession(sessions, async (session) => {
      const answer = await session.read({ owner: ownerOf(id, inputs.owner), target: targetOf(inputs) });
      if (answer.found) found += 1;
      const differences = differsInWords(answer, specOf(id, inputs, session.host, false), `overlay ${inputs.name}`);
      if (differences.length > 0) drift.set(session.host.name, differences.join("; "));
    });
    if (found === 0) return {};
    return readResult(id, props, overlayFields, drift);
  }

  async delete(id: string, state: Bag): Promise<void> {
    const props = fromState(state);
    const inputs = props as unknown as OverlayInputs;
    const hosts = listHosts({ ...hostsIn(props["leaving"]), ...inputs.hosts });
    const effort = (): Effort => this.#effort(inputs, true, false);
    const { sessions, unreachable, missing } = await reach(this.#services.fleet, hosts, effort);
    await this.#needUnused(inputs.name, sessions);
    const generation = nextGeneration(props, this.#services.now());
    const outcome = await onAll(sessions.values(), (session) =>
      session.remove({ owner: ownerOf(id, inputs.owner), generation, target: targetOf(inputs), overlayId: id }),
    );
    const bare = hosts.filter(({ name }) => missing.has(name));
    const cleared = await Promise.allSettled(bare.map((host) => this.#services.fleet.clear(host, effort())));
    const uncleared = cleared.flatMap((one) => (one.status === "rejected" ? [messageOf(one.reason)] : []));
    const sentences = [...troubles(outcome).values(), ...uncleared];
    for (const failure of unreachable.values()) {
      if (inputs.deleteUnreachable) this.#say(inputs, `warning: ${failure.message}; let go, as deleteUnreachable says`);
      else
        sentences.push(
          `${failure.message}; if it is gone for good, set deleteUnreachable: true and run \`pulumi up\` before destroy`,
        );
    }
    if (sentences.length > 0) throw new Failures(sentences);
  }

  /** Where containers of another stack live on one host, the overlay goes from none: they would lose their way to the others. */
  async #needUnused(overlay: string, sessions: ReadonlyMap<string, HostSession>): Promise<void> {
    const sentences: string[] = [];
    await forEachSession(sessions, async (session) => {
      const others = await session.othersOn(overlay);
      if (others.length === 0) return;
      const cause = `overlay "${overlay}" has containers on this host: ${others.join(", ")}; remove them first`;
      sentences.push(`${label(session.host)}: remove: ${cause}`);
    });
    if (sentences.length > 0) throw new Failures(sentences.sort());
  }

  #effort(inputs: OverlayInputs, required: boolean, install = true): Effort {
    return {
      required,
      install,
      ...limitsOf(inputs.timeouts),
      say: (line) => {
        this.#say(inputs, line);
      },
    };
  }

  #say(inputs: OverlayInputs, line: string): void {
    this.#services.log(`[Overlay ${inputs.name}] ${line}`);
  }

  #outs(
    id: string,
    bag: Bag,
    generation: number,
    pending: ReadonlyMap<string, string>,
    leaving: ReadonlyMap<string, unknown>,
  ): Bag {
    const { hosts } = bag as unknown as OverlayInputs;
    const status = Object.fromEntries(listHosts(hosts).map(({ name }) => [name, pending.get(name) ?? "ready"]));
    return outputs(bag, { overlayId: id, generation, status }, { pending, leaving });
  }
}

/** What is said of a host that could do its part, when another could not. */
const unbegun = "nothing was begun there, because of other hosts";

/** Hosts that there is no working with now, each with its sentence. */
function away({ unreachable, missing }: Reached): Map<string, string> {
  return new Map([...unreachable, ...missing].map(([name, failure]) => [name, failure.message]));
}

function begun(sessions: ReadonlyMap<string, HostSession>, outcome: Outcome): HostSession[] {
  const { refused } = together([outcome]);
  return [...sessions.values()].filter((session) => !refused.has(session.host.name));
}

/** Two names for one machine would each undo what the other says; cloned machines can share a machine-id, but not a boot id. */
function twins(sessions: ReadonlyMap<string, HostSession>): string[] {
  const seen = new Map<string, HostSession>();
  return [...sessions.values()].flatMap((session) => {
    const { bootId } = session.greeting.host;
    const twin = seen.get(bootId);
    seen.set(bootId, twin ?? session);
    if (twin === undefined) return [];
    const named = label(session.host);
    return [`${named}: connect: it is the same machine as ${label(twin.host)}; give each machine one name`];
  });
}
