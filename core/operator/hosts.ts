import type { Examination, Examined } from "../doctor/index.js";
import { printable } from "../printable.js";
import type { Greeting } from "../protocol.js";
import type { OperatorAsk } from "./request.js";

/** How an operator's request of a host went wrong. */
export type HostProblemKind =
  /** No answer, or the connection broke. */
  | "unreachable"
  /** It answers, and has no agent, an older one, or will not have us. */
  | "unfit"
  /** Its agent answered with a failure. */
  | "failed";

/** A host did not do what it was asked. The message is a sentence that names the host, fit for people. */
export class HostProblem extends Error {
  override readonly name = "HostProblem";

  constructor(
    readonly kind: HostProblemKind,
    message: string,
    options?: ErrorOptions,
  ) {
    // Hosts say why, and anything may have got hold of them.
    super(printable(message), options);
  }
}

/** A host as the operator's verbs see it: over SSH, or the one they run on. Every promise is rejected with HostProblem and nothing else. */
export interface OperatorHost {
  /** As the stack, or the person who gave it, calls it. */
  readonly name: string;
  /** Its address on the underlay; empty when nobody said it. */
  readonly address: string;
  /** Who answers there. */
  greet(): Promise<Greeting>;
  /**
   * Asks, and waits for the end of the answer.
   *
   * @param more told the parts of an answer that comes in parts
   * @param deadline milliseconds; Infinity for what ends when somebody stops it
   */
  ask(ask: OperatorAsk, deadline: number, more?: (part: unknown) => void): Promise<unknown>;
  /** Looks whether the host is fit for overlays, also where it has no agent yet. */
  examine(examination: Examination): Promise<Examined>;
  /**
   * Runs a command in a container of this host, as root, the three standard files handed on, a terminal when there is one. Answers its exit status, 255 when it was ended by a signal or with the
   * connection.
   */
  runIn(container: ContainerName, argv: readonly string[]): Promise<number>;
}

/** What a container is found by on its host. */
export interface ContainerName {
  readonly overlay: string;
  readonly name: string;
}

/** A container as the stack's state has it. */
export interface ExpectedContainer extends ContainerName {
  readonly host: string;
  readonly ip: string;
}

/** What a stack says should be there. */
export interface Expected {
  /** Overlays by name, each with the names of its hosts. */
  readonly overlays: ReadonlyMap<string, readonly string[]>;
  readonly containers: readonly ExpectedContainer[];
}

/** How the command line names hosts. */
export interface HostOptions {
  /** The stack; the one that is selected by default. */
  readonly stack?: string | undefined;
  /** The project's folder; the current one by default. */
  readonly cwd?: string | undefined;
  /** Either hosts given by hand, `name=user@address`, and no stack; or names: these of the stack's hosts alone. */
  readonly host: readonly string[];
  /** A private key's file, for hosts given by hand. */
  readonly identity?: string | undefined;
  /** Milliseconds for a host to let us in. */
  readonly timeout: number;
}

/** The hosts that a verb is about. */
export interface OperatorHosts {
  /** In words, for headings: `stack prod of shop`, `hosts given by hand`, `this host`. */
  readonly title: string;
  readonly hosts: readonly OperatorHost[];
  /** What the stack's state says; absent for hosts without one. */
  readonly expected?: Expected;
  /** Ends every connection. */
  close(): Promise<void>;
}
