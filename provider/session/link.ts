import { setTimeout as delay } from "node:timers/promises";
import type { Effort } from "../fleet.js";
import { HostFailure, messageOf } from "../host-failure.js";
import { executable, InstallRefused } from "../install/install.js";
import { SshConnection } from "../ssh/connection.js";
import { DialFailure } from "../ssh/dial.js";
import { type Target, wayOf } from "../ssh/target.js";
import { type Ask, SessionClient } from "./client.js";
import { NoSession, RequestFailed, SessionLost } from "./failures.js";
import { Patience } from "./patience.js";

/** Milliseconds for a session to greet: a slow login shell and a busy host fit. */
const greetingDeadline = 30_000;
/** Milliseconds without a request before the connection is let go. */
const idleLimit = 60_000;
/** How often a host is dialled that the work can do without. */
const peerTries = 2;
/** Milliseconds for which a host that did not answer is not dialled again: 200 containers must not each wait for it. */
const verdictLasts = 30_000;

/** Milliseconds that an agent has to end, which on a host without overlays is to remove itself. */
const endLimit = 10_000;

/** How much is done to reach the machine. */
type Reach = Pick<Effort, "required" | "connect">;

interface Verdict {
  readonly error: unknown;
  readonly tries: number;
  readonly until: number;
}

/** The way to one machine: one SSH connection, one session on it, made when needed, shared by all resources, let go when idle. */
export class Link {
  readonly #target: Target;
  readonly #say: (line: string) => void;
  readonly #patience: Patience;
  #connection: Promise<SshConnection> | undefined;
  #session: Promise<SessionClient> | undefined;
  #starting: Promise<SessionClient> | undefined;
  #verdict: Verdict | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Held by whoever installs: one after the other. */
  #installing: Promise<unknown> = Promise.resolve();

  constructor(target: Target, say: (line: string) => void) {
    this.#target = target;
    this.#say = say;
    this.#patience = new Patience(say);
  }

  get target(): Target {
    return this.#target;
  }

  /** @throws DialFailure */
  async connection({ required, connect }: Reach): Promise<SshConnection> {
    const connecting = this.#connect(required);
    if (connect === undefined) return connecting;
    const limit = new AbortController();
    const late = delay(connect, undefined, { signal: limit.signal }).then(() => {
      const sentence = `no connection within ${connect / 1000} s, which is the limit of timeouts.connect (${wayOf(this.#target)})`;
      throw new DialFailure("network", sentence);
    });
    try {
      return await Promise.race([connecting, late]);
    } finally {
      limit.abort();
      for (const loser of [connecting, late]) loser.catch(() => undefined);
    }
  }

  async #connect(required: boolean): Promise<SshConnection> {
    const tries = required ? Number.POSITIVE_INFINITY : peerTries;
    const verdict = this.#verdict;
    if (verdict !== undefined && verdict.tries >= tries && Date.now() < verdict.until) throw verdict.error;
    const opening = this.#connection ?? this.#open(tries);
    try {
      return await opening;
    } catch (error) {
      // A peer's short try may have been joined by somebody who cannot do without: that one goes on.
      if (this.#verdict !== undefined && this.#verdict.tries < tries && isNetwork(error))
        return await this.#connect(required);
      throw error;
    }
  }

  /** @throws DialFailure, NoSession, SessionLost */
  async session(effort: Reach): Promise<SessionClient> {
    const before = await this.#session?.catch(() => undefined);
    if (before?.open === true) return before;
    const starting = (this.#starting ??= this.#startTwice(effort).finally(() => (this.#starting = undefined)));
    return starting;
  }

  /** Asks on the session; when the connection breaks under it, once more on a new one: every request can be repeated. */
  async request(ask: Ask, effort: Reach & Pick<Effort, "deadline">): Promise<unknown> {
    this.#awake();
    try {
      const session = await this.session(effort);
      try {
        return await this.#patience.during(ask.op, session.request(ask, effort.deadline));
      } catch (error) {
        if (!(error instanceof SessionLost) || session.open) throw error;
      }
      const anew = await this.session(effort);
      return await this.#patience.during(ask.op, anew.request(ask, effort.deadline));
    } finally {
      this.#rest();
    }
  }

  /** Runs what changes the agent, alone; the session ends before and begins anew after it. */
  async exclusively<T>(effort: Reach, work: (connection: SshConnection) => Promise<T>): Promise<T> {
    const turn = this.#installing.then(async () => work(await this.connection(effort)));
    this.#installing = turn.catch(() => undefined);
    return turn;
  }

  /** The next request begins a session of its own; this one ends when it has answered what it was asked, and the agent has put in order what it leaves behind. The connection stays. */
  async endSession(): Promise<void> {
    const ending = this.#session;
    this.#session = undefined;
    const client = await ending?.catch(() => undefined);
    if (client === undefined) return;
    const limit = new AbortController();
    await Promise.race([client.retire(), delay(endLimit, undefined, { ref: false, signal: limit.signal })]);
    limit.abort();
  }

  /** Ends everything. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.endSession();
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    connection?.end();
  }

  #open(tries: number): Promise<SshConnection> {
    const opening = this.#patience.during("connect", SshConnection.open(this.#target, tries));
    this.#connection = opening;
    opening.then(
      (connection) => {
        this.#verdict = undefined;
        connection.onClose(() => {
          if (this.#connection === opening) this.#connection = undefined;
        });
      },
      (error: unknown) => {
        if (this.#connection === opening) this.#connection = undefined;
        this.#verdict = { error, tries, until: Date.now() + verdictLasts };
      },
    );
    return opening;
  }

  /** What broke under a session that began may not break under the next. */
  async #startTwice(effort: Reach): Promise<SessionClient> {
    try {
      return await this.#start(effort);
    } catch (error) {
      if (!(error instanceof SessionLost)) throw error;
      return await this.#start(effort);
    }
  }

  async #start(effort: Reach): Promise<SessionClient> {
    const connection = await this.connection(effort);
    const sudo = this.#target.user === "root" ? [] : ["sudo", "-n"];
    const { channel, exitCode } = await connection.start([...sudo, executable, "session"]).catch((error: unknown) => {
      throw new SessionLost(`the host opens no channel (${messageOf(error)})`);
    });
    const session = SessionClient.open({ channel, exitCode }, greetingDeadline, this.#say);
    this.#session = session;
    return this.#patience.during("session", session);
  }

  #awake(): void {
    clearTimeout(this.#idle);
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.close(), idleLimit);
    this.#idle.unref();
  }
}

/** Whatever was thrown on the way to a host or by its agent, as a failure that names host and phase. */
export function asHostFailure(error: unknown, host: string, phase: string, target: Target): HostFailure {
  if (error instanceof HostFailure) return error;
  const options = { cause: error };
  if (error instanceof RequestFailed) {
    const { code, message, uninstalled } = error.failure;
    return new HostFailure(uninstalled === true ? "missing" : code, host, phase, message, options);
  }
  if (error instanceof DialFailure) {
    const dialled = error.kind === "network";
    const mend = dialled ? "; is it up, and is its address right?" : "";
    return new HostFailure(
      dialled ? "unreachable" : "rejected",
      host,
      dialled ? "connect" : error.kind,
      `${error.message}${mend}`,
      options,
    );
  }
  if (error instanceof SessionLost) {
    return new HostFailure("unreachable", host, phase, `${error.message}; run it again to finish`, options);
  }
  if (error instanceof InstallRefused) return new HostFailure("rejected", host, "install", error.message, options);
  if (error instanceof NoSession) return noSession(error, host, target);
  return new HostFailure("rejected", host, phase, messageOf(error), options);
}

function noSession(error: NoSession, host: string, target: Target): HostFailure {
  const options = { cause: error };
  if (error.exitCode === 127 || /not found|No such file/i.test(error.printed)) {
    const sentence = "overlaynet is not installed there; `pulumi up` of an Overlay with this host puts it there";
    return new HostFailure("missing", host, "session", sentence, options);
  }
  if (/sudo|password is required|not allowed/i.test(error.printed)) {
    const sentence = `${wayOf(target)} may not run \`sudo -n ${executable} session\` (${error.printed}); allow it in sudoers, or log in as root`;
    return new HostFailure("rejected", host, "session", sentence, options);
  }
  return new HostFailure("rejected", host, "session", error.message, options);
}

function isNetwork(error: unknown): boolean {
  return error instanceof DialFailure && error.kind === "network";
}
