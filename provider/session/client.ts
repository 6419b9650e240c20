import type { Duplex, Readable } from "node:stream";
import { Greeting, marker, pingInterval, protocolVersion, Reply, type Request } from "@overlaynet/core/protocol";
import { messageOf } from "../host-failure.js";
import { printable } from "@overlaynet/core/printable";
import { NoSession, RequestFailed, SessionLost } from "./failures.js";
import { Lines } from "./lines.js";

/** The channel of a session: its standard input and output, and its standard error. */
export type SessionChannel = Duplex & { readonly stderr?: Readable };

/** The command that a session is. */
export interface SessionCommand {
  readonly channel: SessionChannel;
  /** How it ended; null while it runs, and when it was killed. */
  readonly exitCode: () => number | null;
}

/** Milliseconds for which requests gather: the engine asks for resources that do not depend on each other within as many. */
const gathering = 15;

/** How many events of one session people are told: an agent has a handful. */
const mostEvents = 100;

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
/** A request before it is numbered. */
export type Ask = WithoutId<Request>;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly more: ((part: unknown) => void) | undefined;
  /** Absent for an answer that ends when somebody stops it. */
  readonly timer: NodeJS.Timeout | undefined;
}

/** The client's end of one `overlaynet session`: numbers requests, matches replies, keeps the agent awake by pings. */
export class SessionClient {
  readonly greeting: Greeting;
  readonly #channel: SessionChannel;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ping: NodeJS.Timeout;
  readonly #say: (line: string) => void;
  #next = 1;
  #outgoing = "";
  #flush: NodeJS.Timeout | undefined;
  #closed: Error | undefined;
  readonly #ended: Promise<void>;
  #retired = false;
  #events = 0;

  private constructor(channel: SessionChannel, greeting: Greeting, say: (line: string) => void) {
    this.#channel = channel;
    this.greeting = greeting;
    this.#say = say;
    this.#ended = new Promise((resolve) => {
      channel.once("close", resolve);
    });
    this.#ping = setInterval(() => {
      this.request({ op: "ping" }, pingInterval).catch((error: unknown) => {
        // The pings' only purpose is the agent's ear; that the session is lost is told to those who wait for answers.
        if (!(error instanceof SessionLost)) this.#fail(new SessionLost(messageOf(error)));
      });
    }, pingInterval);
    this.#ping.unref();
  }

  /**
   * Waits for the greeting, skipping what a login shell prints before it.
   *
   * @param say told what the agent has to say to people: who holds the host's lock, for example
   * @throws NoSession when the channel ends without one, SessionLost when it takes longer than the deadline
   */
  static open(
    { channel, exitCode }: SessionCommand,
    deadline: number,
    say: (line: string) => void,
  ): Promise<SessionClient> {
    return new Promise((resolve, reject) => {
      const lines = new Lines();
      let printed = "";
      let client: SessionClient | undefined;
      const timer = setTimeout(() => {
        give(
          new SessionLost(
            `no greeting within ${deadline / 1000} s${printed === "" ? "" : ` (it printed: ${tail(printed)})`}`,
          ),
        );
        channel.destroy();
      }, deadline);
      const give = (outcome: SessionClient | Error): void => {
        clearTimeout(timer);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      const take = (line: string): void => {
        if (client !== undefined) client.#take(line);
        else if (line.includes(marker)) {
          client = new SessionClient(channel, greetingIn(line), say);
          give(client);
        } else printed = `${printed}\n${line}`.slice(-4096);
      };
      const broken = (error: Error): void => {
        if (client === undefined) give(error);
        else client.#fail(error);
      };
      channel.on("data", (chunk: Buffer) => {
        try {
          for (const line of lines.push(chunk)) take(line);
        } catch (error) {
          broken(new SessionLost(`the agent's message was not understood: ${messageOf(error)}`));
          channel.destroy();
        }
      });
      channel.stderr?.on("data", (chunk: Buffer) => (printed = (printed + chunk.toString("utf8")).slice(-4096)));
      channel.on("error", (error) => {
        broken(new SessionLost(messageOf(error)));
      });
      channel.on("close", () => {
        const why = tail(printed);
        const code = exitCode();
        // Without an exit code it was not the host that would not: the command was killed, or the connection broke.
        if (client === undefined) give(code === null ? new SessionLost(ended(why)) : new NoSession(code, why));
        else client.#fail(new SessionLost(ended(why)));
      });
    });
  }

  /** Whether requests can still be asked. */
  get open(): boolean {
    return this.#closed === undefined;
  }

  /** Whether a request waits for its answer. */
  get busy(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param deadline milliseconds; Infinity for none
   * @param more told the parts of an answer that comes in parts
   * @throws RequestFailed, or SessionLost when no answer comes
   */
  request(ask: Ask, deadline: number, more?: (part: unknown) => void): Promise<unknown> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.#waiting.delete(id);
        reject(new SessionLost(`no answer within ${deadline / 1000} s`));
      };
      const timer = deadline === Infinity ? undefined : setTimeout(late, deadline);
      // Nobody waits for the answer to a ping; a silent agent must not keep the process from its end.
      if (ask.op === "ping") timer?.unref();
      this.#waiting.set(id, { resolve, reject, more, timer });
      this.#send(`${JSON.stringify({ id, ...ask })}\n`);
      // What a clock says is as good as the time is short that its answer takes.
      if (ask.op === "clock") this.#flushNow();
    });
  }

  /** Takes no more requests; ends when those that wait are answered. Resolves when the agent has ended, too. */
  retire(): Promise<void> {
    this.#retired = true;
    if (!this.busy) this.close();
    return this.#ended;
  }

  /** Ends the session: the agent finishes what it has persisted and exits. */
  close(): void {
    this.#fail(new SessionLost("the session was closed"));
    this.#channel.end();
  }

  /** What is asked within a moment leaves in one piece, so that the agent takes it as one batch: two containers that swap their addresses are no conflict then. */
  #send(line: string): void {
    this.#outgoing += line;
    this.#flush ??= setTimeout(() => {
      this.#flushNow();
    }, gathering);
  }

  #flushNow(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    const text = this.#outgoing;
    this.#outgoing = "";
    if (this.open) this.#channel.write(text);
  }

  #take(line: string): void {
    if (line.trim() === "") return;
    const reply = Reply.parse(JSON.parse(line));
    if ("event" in reply) {
      if (++this.#events <= mostEvents) this.#say(printable(eventInWords(reply)));
      else if (this.#events === mostEvents + 1) this.#say("has more to say than is shown");
      return;
    }
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    if ("part" in reply) {
      waiting.more?.(reply.part);
      return;
    }
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if (reply.ok) waiting.resolve(reply.result);
    else waiting.reject(new RequestFailed(reply.error));
    if (this.#retired && !this.busy) this.close();
  }

  #fail(error: Error): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    clearInterval(this.#ping);
    clearTimeout(this.#flush);
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}

/** Why an agent's greeting is not one that this client can talk to, as a sentence; undefined when it is. */
export function incompatibility(greeting: Greeting): string | undefined {
  const { oldest, newest } = greeting.protocol;
  if (oldest > protocolVersion) {
    return `its agent ${greeting.agent.version} speaks protocol ${oldest} at the least, this provider ${protocolVersion}; use a newer version of the package overlaynet`;
  }
  if (newest < protocolVersion) {
    return `its agent ${greeting.agent.version} speaks protocol ${newest} at the most, this provider ${protocolVersion}; \`pulumi up\` of an Overlay brings it up to date`;
  }
  return undefined;
}

function ended(printed: string): string {
  return printed === "" ? "the session ended" : `the session ended: ${printed}`;
}

function eventInWords(event: Extract<Reply, { event: string }>): string {
  return event.event === "log"
    ? event.message
    : `waits for the host's lock, held by ${event.holder} since ${event.since}`;
}

function greetingIn(line: string): Greeting {
  return Greeting.parse(JSON.parse(line.slice(line.indexOf(marker) + marker.length)));
}

function tail(printed: string): string {
  const lines = printed.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .slice(-3)
    .join(" / ");
}
