import { ApplyResult, ReadResult, RemoveResult } from "@overlaynet/core/protocol";
import { z } from "zod";
import type { ApplyAsk, Effort, Fleet, HostSession, ReadAsk, RemoveAsk } from "../fleet.js";
import { HostFailure, messageOf } from "../host-failure.js";
import { printable } from "@overlaynet/core/printable";
import { type Host, label } from "../hosts.js";
import { clear } from "../install/clear.js";
import { type Artifacts, install, InstallRefused, look, outdated, ownArtifacts } from "../install/install.js";
import { unmet } from "../install/probe.js";
import type { SshConnection } from "../ssh/connection.js";
import { resolveTarget, targetKey } from "../ssh/target.js";
import { StackConfig } from "../stack-config.js";
import { type Ask, incompatibility, type SessionClient } from "./client.js";
import { NoSession, SessionLost } from "./failures.js";
import { asHostFailure, Link } from "./link.js";

/** What of an agent's status is of interest here; agents that say less protect an overlay by refusing to remove it. */
const Status = z.object({
  overlays: z.array(z.object({ overlay: z.string(), others: z.array(z.string()).default([]) })),
});

/** How often the agent is put on a host before it is a failure that it is gone again. */
const installTries = 3;

/** Hosts by SSH: one link per machine and way to it, for as long as the process lives. */
export class SshFleet implements Fleet {
  #config = new StackConfig();
  readonly #links = new Map<string, Link>();
  readonly #artifacts: Artifacts;
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void, artifacts: Artifacts = ownArtifacts) {
    this.#log = log;
    this.#artifacts = artifacts;
  }

  /** Takes the stack's configuration: defaults of every connection. */
  configure(config: StackConfig): void {
    this.#config = config;
  }

  async examine(host: Host, effort: Effort): Promise<void> {
    const link = this.#link(host);
    try {
      await link.session(effort).catch(async (error: unknown) => {
        if (!(error instanceof NoSession) || !effort.install) throw error;
        const reasons = unmet(await look(await link.connection(effort)));
        if (reasons.length > 0) throw new InstallRefused(reasons.join("; "));
      });
    } catch (error) {
      throw asHostFailure(error, label(host), "session", link.target);
    }
  }

  async open(host: Host, effort: Effort): Promise<HostSession> {
    const named = label(host);
    for (let tries = installTries; ; tries -= 1) {
      if (effort.install) await this.#install(host, effort);
      const link = this.#link(host);
      try {
        const { greeting } = await link.session(effort);
        const wrong = incompatibility(greeting);
        if (wrong !== undefined) throw new HostFailure("rejected", named, "session", wrong);
        const anew = (): Promise<HostSession> => this.open(host, effort);
        return new SshHostSession(host, greeting, link, effort, anew);
      } catch (error) {
        const failure = asHostFailure(error, named, "session", link.target);
        // Another stack's last session may take the agent away that was found, or put there, a moment ago.
        if (!effort.install || failure.kind !== "missing" || tries === 1) throw failure;
      }
    }
  }

  async clear(host: Host, effort: Effort): Promise<void> {
    const link = this.#link(host);
    try {
      await link.exclusively(effort, (connection) => clear(connection, link.target.user !== "root"));
    } catch (error) {
      throw asHostFailure(error, label(host), "install", link.target);
    }
  }

  /** Puts the agent there, or a newer one, unless what is there has to do. When the connection breaks, once more on a new one. */
  async #install(host: Host, effort: Effort): Promise<void> {
    const link = this.#link(host);
    const named = label(host);
    let phase = "session";
    const say = (line: string): void => {
      effort.say(`${named}: ${line}`);
    };
    const work = async (connection: SshConnection): Promise<void> => {
      phase = "session";
      const before = await link.session(effort).catch((error: unknown) => {
        if (error instanceof NoSession) return undefined;
        throw error;
      });
      phase = "install";
      if (before !== undefined) {
        if (!(await outdated(before.greeting, this.#artifacts, say))) return;
        // Where an administrator installs agents, or sudo allows nothing but sessions, the one that is there has to do.
        const reasons = unmet(await look(connection));
        if (reasons.length > 0) {
          say(`keeps its agent ${before.greeting.agent.version}, there is another build: ${reasons.join("; ")}`);
          return;
        }
      }
      await link.endSession();
      await install(connection, link.target.user, this.#artifacts, say);
    };
    try {
      await link.exclusively(effort, work).catch(async (error: unknown) => {
        if (!(error instanceof SessionLost)) throw error;
        await link.exclusively(effort, work);
      });
    } catch (error) {
      throw asHostFailure(error, named, phase, link.target);
    }
  }

  /** Ends every session and connection. */
  async close(): Promise<void> {
    const links = [...this.#links.values()];
    this.#links.clear();
    await Promise.all(links.map((link) => link.close()));
  }

  #link(host: Host): Link {
    const target = resolveTarget(host.address, host.connection ?? {}, this.#config);
    const key = targetKey(target);
    let link = this.#links.get(key);
    if (link === undefined) {
      link = new Link(target, (line) => {
        this.#log(`${label(host)}: ${line}`);
      });
      this.#links.set(key, link);
    }
    return link;
  }
}

/** Differences of one resource that are kept: an agent tells a few. */
const mostDrift = 1000;

class SshHostSession implements HostSession {
  constructor(
    readonly host: Host,
    readonly greeting: SessionClient["greeting"],
    private readonly link: Link,
    private readonly effort: Effort,
    /** Opens the host anew, the agent put there again. */
    private readonly anew: () => Promise<HostSession>,
  ) {}

  async apply(ask: ApplyAsk): Promise<ApplyResult> {
    try {
      return await this.#ask("apply", { op: "apply", ...ask }, ApplyResult);
    } catch (error) {
      // Another stack's last session took the agent along.
      if (!this.effort.install || !(error instanceof HostFailure) || error.kind !== "missing") throw error;
    }
    await this.link.endSession();
    return (await this.anew()).apply(ask);
  }

  remove(ask: RemoveAsk): Promise<RemoveResult> {
    const removing = this.#ask("remove", { op: "remove", ...ask, target: { ...ask.target } } as Ask, RemoveResult);
    return unlessMissing(removing, { removed: false });
  }

  async othersOn(overlay: string): Promise<readonly string[]> {
    const { overlays } = await unlessMissing(this.#ask("remove", { op: "status" }, Status), { overlays: [] });
    return overlays.flatMap((one) => (one.overlay === overlay ? one.others : []));
  }

  async read(ask: ReadAsk): Promise<ReadResult> {
    const reading = this.#ask("read", { op: "read", ...ask, target: { ...ask.target } } as Ask, ReadResult);
    const { drift, ...answer } = await unlessMissing<ReadResult>(reading, { found: false, drift: [] });
    // It goes into Pulumi's state, and onto the operator's terminal.
    return { ...answer, drift: drift.slice(0, mostDrift).map((one) => printable(one)) };
  }

  async #ask<T>(phase: string, ask: Ask, form: z.ZodType<T>): Promise<T> {
    try {
      const answer = await this.link.request(ask, this.effort);
      const result = form.safeParse(answer);
      if (result.success) return result.data;
      throw new HostFailure(
        "protocol",
        label(this.host),
        phase,
        `the agent's answer was not understood: ${messageOf(result.error)}`,
      );
    } catch (error) {
      throw asHostFailure(error, label(this.host), phase, this.link.target);
    }
  }
}

/** The answer, or what a host would say that has lost its agent since it greeted. */
async function unlessMissing<T>(answer: Promise<T>, nothing: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HostFailure && error.kind === "missing") return nothing;
    throw error;
  }
}
