import type { Owner, Spec, Target } from "@overlaynet/core";
import type { ApplyResult, Greeting, ReadResult, RemoveResult } from "@overlaynet/core/protocol";
import type { Host } from "./hosts.js";

/** Asks a host to make it so. */
export interface ApplyAsk {
  readonly owner: Owner;
  readonly generation: number;
  readonly spec: Spec;
  readonly adopt: boolean;
  /** Whether earlier claims of the same stack yield; for a host that was away when they were given up. */
  readonly supersede?: true;
}

/** Asks a host to undo it. */
export interface RemoveAsk {
  readonly owner: Owner;
  readonly generation: number;
  readonly target: Target;
  readonly overlayId: string;
}

/** Asks a host to compare. */
export interface ReadAsk {
  readonly owner: Owner;
  readonly target: Target;
}

/** A host that answers. Every method throws HostFailure and nothing else. */
export interface HostSession {
  readonly host: Host;
  readonly greeting: Greeting;
  apply(ask: ApplyAsk): Promise<ApplyResult>;
  remove(ask: RemoveAsk): Promise<RemoveResult>;
  read(ask: ReadAsk): Promise<ReadResult>;
  /** The containers of other stacks that live on an overlay there, in words: it cannot be removed before them. */
  othersOn(overlay: string): Promise<readonly string[]>;
}

/** How much is done to reach a host. */
export interface Effort {
  /** Whether the work cannot be done without it; a peer is given up after a few dials. */
  readonly required: boolean;
  /** Whether to put the agent there, or a newer one. */
  readonly install: boolean;
  /** Milliseconds to reach it in, all dials together; undefined for no limit but that of their number. */
  readonly connect?: number | undefined;
  /** Milliseconds for one request. */
  readonly deadline: number;
  /** Told what takes long or is worth a warning. */
  readonly say: (line: string) => void;
}

/** The way to hosts: SSH in earnest, a model in unit tests. */
export interface Fleet {
  /**
   * Sees that a host answers, and that an agent is there or could be put there. Changes nothing.
   *
   * @throws HostFailure
   */
  examine(host: Host, effort: Effort): Promise<void>;
  /** @throws HostFailure */
  open(host: Host, effort: Effort): Promise<HostSession>;
  /**
   * Removes what an installation that broke off left on a host. Nothing happens where an agent or an overlay is, or somebody else installs.
   *
   * @throws HostFailure
   */
  clear(host: Host, effort: Effort): Promise<void>;
}

/** What resources need of the world. */
export interface Services {
  readonly fleet: Fleet;
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** Eight characters, random, fit for an id. */
  random(): string;
  /** A line for the person who runs Pulumi. */
  log(line: string): void;
}
