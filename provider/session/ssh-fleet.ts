import { ApplyResult, type Greeting, ReadResult, RemoveResult } from "@overlaynet/core/protocol";
import { z } from "zod";
import type { ApplyAsk, Effort, Fleet, HostSession, ReadAsk, RemoveAsk } from "../fleet.js";
import { HostFailure, messageOf } from "../host-failure.js";
import { printable } from "../printable.js";
import { type Host, label } from "../hosts.js";
import { type Artifacts, install, InstallRefused, look, outdated, ownArtifacts } from "../install/install.js";
import { unmet } from "../install/probe.js";
import { resolveTarget, targetKey } from "../ssh/target.js";
import { StackConfig } from "../stack-config.js";
import { type Ask, incompatibility, type SessionClient } from "./client.js";
import { NoSession } from "./failures.js";
import { asHostFailure, Link } from "./link.js";

/** What of an agent's status is of interest here; agents that say less protect an overlay by refusing to remove it. */
const Status = z.object({
  overlays: z.array(z.object({ overlay: z.string(), others: z.array(z.string()).default([]) })),
});

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
    const link = this.#link(host);
    const named = label(host);
    let phase = "session";
    const greet = async (): Promise<Greeting> => (await link.session(effort)).greeting;
    try {
      if (effort.install) {
        await link.exclusively(effort, async (connection) => {
          const before = await greet().catch((error: unknown) => {
            if (error instanceof NoSession) return undefined;
            throw error;
          });
          const say = (line: string): void => {
            effort.say(`${named}: ${line}`);
          };
          phase = "install";
          if (before !== undefined) {
            if (!(await outdated(before, this.#artifacts, say))) return;
            // Where an administrator installs agents, or sudo allows nothing but sessions, the one that is there has to do.
            const reasons = unmet(await look(connection));
            if (reasons.length > 0) {
              say(`keeps its agent ${before.agent.version}, there is another build: ${reasons.join("; ")}`);
              return;
            }
          }
          await link.endSession();
          await install(connection, link.target.user, this.#artifacts, say);
        });
      }
      phase = "session";
      const greeting = await greet();
      const wrong = incompatibility(greeting);
      if (wrong !== undefined) throw new HostFailure("rejected", named, "session", wrong);
      return new SshHostSession(host, greeting, link, effort);
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
  ) {}

  apply(ask: ApplyAsk): Promise<ApplyResult> {
    return this.#ask("apply", { op: "apply", ...ask }, ApplyResult);
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
