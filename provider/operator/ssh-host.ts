import { type Examination, examinationCommand, examinationMark, Examined } from "@overlaynet/core/doctor/index";
import type { Greeting } from "@overlaynet/core/protocol";
import { type ContainerName, HostProblem, type OperatorAsk, type OperatorHost } from "@overlaynet/core/operator/index";
import type { HostFailure, HostFailureKind } from "../host-failure.js";
import { type Host, label } from "../hosts.js";
import { executable, look } from "../install/install.js";
import { unmet } from "../install/probe.js";
import { type Ask, incompatibility, type SessionClient } from "../session/client.js";
import { asHostFailure, Link } from "../session/link.js";
import { resolveTarget } from "../ssh/target.js";
import type { StackConfig } from "../stack-config.js";
import { attach } from "./attach.js";

/** Nothing is waited for beyond the limit that the target has. */
const effort = { required: false };

/** Milliseconds: a path's MTU is searched for with a ping a second. */
const examinationDeadline = 60_000;

/** A host over SSH: one connection, one session on it, made when first needed. */
export class SshOperatorHost implements OperatorHost {
  readonly name: string;
  readonly address: string;
  readonly #label: string;
  readonly #link: Link;
  #agent = "";

  /** @param timeout milliseconds to be let in; each host is dialled once, and a dead one does not hold the others up */
  constructor(host: Host, config: StackConfig, timeout: number, say: (line: string) => void) {
    const target = resolveTarget(host.address, host.connection ?? {}, config);
    this.name = host.name;
    this.address = host.address;
    this.#label = label(host);
    this.#link = new Link({ ...target, dialErrorLimit: 1, perDialTimeout: timeout }, (line) => {
      say(`${this.#label}: ${line}`);
    });
  }

  async greet(): Promise<Greeting> {
    return (await this.#session()).greeting;
  }

  async ask(ask: OperatorAsk, deadline: number, more?: (part: unknown) => void): Promise<unknown> {
    const session = await this.#session();
    return this.#explained(ask.op, session.request(ask as Ask, deadline, more));
  }

  async runIn({ overlay, name }: ContainerName, argv: readonly string[]): Promise<number> {
    const connection = await this.#explained("connect", this.#link.connection(effort));
    const sudo = this.#link.target.user === "root" ? [] : ["sudo", "-n"];
    const verb = [executable, "exec", "--overlay", overlay, name, "--", ...argv];
    return this.#explained("exec", attach(connection, [...sudo, ...verb]));
  }

  async examine(examination: Examination): Promise<Examined> {
    try {
      return Examined.parse(await this.ask({ op: "examine", examination }, examinationDeadline));
    } catch (error) {
      // Without an agent, or with one that is older than the question: the same by SSH.
      if (!(error instanceof HostProblem) || error.kind !== "unfit") throw error;
      return await this.#explained("examine", this.#examineBare(examination));
    }
  }

  async #examineBare(examination: Examination): Promise<Examined> {
    const connection = await this.#link.connection(effort);
    const lacking = examination.what === "look" ? unmet(await look(connection)) : [];
    const sudo = this.#link.target.user === "root" ? [] : ["sudo", "-n"];
    const { stdout, stderr } = await connection.run([...sudo, ...examinationCommand(examination)]);
    if (stdout.includes(examinationMark)) return { told: stdout, unmet: lacking };
    if (lacking.length === 0) throw new Error(stderr.trim() || "nothing was told");
    return { told: "", unmet: lacking };
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  async #session(): Promise<SessionClient> {
    const session = await this.#explained("session", this.#link.session(effort));
    const { version, digest } = session.greeting.agent;
    this.#agent = `${version} (${digest})`;
    const wrong = incompatibility(session.greeting);
    if (wrong !== undefined) throw new HostProblem("unfit", `${this.#label}: session: ${wrong}`);
    return session;
  }

  async #explained<T>(phase: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.#problem(asHostFailure(error, this.#label, phase, this.#link.target));
    }
  }

  #problem(failure: HostFailure): HostProblem {
    const options = { cause: failure };
    if (failure.kind !== "protocol") return new HostProblem(kinds[failure.kind], failure.message, options);
    const sentence = `its agent ${this.#agent} does not know this request; \`pulumi up\` of an Overlay brings it up to date`;
    return new HostProblem("unfit", `${failure.host}: ${failure.phase}: ${sentence}`, options);
  }
}

const kinds: Readonly<Record<Exclude<HostFailureKind, "protocol">, HostProblem["kind"]>> = {
  unreachable: "unreachable",
  missing: "unfit",
  rejected: "unfit",
  refused: "failed",
  failed: "failed",
  stale: "failed",
};
