import { printable } from "@overlaynet/core/printable";

/**
 * What went wrong with a host.
 * - `missing`: it answers, and has no agent
 * - `unreachable`: no answer, or the connection broke; another time it may work
 * - `rejected`: it answers, and will not have us: wrong key, wrong host key, no root, agent too old
 * - `refused`, `failed`, `stale`, `protocol`: the agent's own codes (core/protocol.ts)
 */
export type HostFailureKind = "unreachable" | "missing" | "rejected" | "refused" | "failed" | "stale" | "protocol";

/** A failure of one host, its message a sentence fit for people: `b (192.168.64.28): connect: no answer within 15 s; is it up?`. */
export class HostFailure extends Error {
  override readonly name = "HostFailure";

  constructor(
    readonly kind: HostFailureKind,
    /** The host's name and address: `b (192.168.64.28)`. */
    readonly host: string,
    /** What was being done: connect, host key, authentication, session, install, apply, remove, read. */
    readonly phase: string,
    /** Cause and mend, without the host's name. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    // The host says why, and anything may have got hold of it.
    super(`${host}: ${phase}: ${printable(reason)}`, options);
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
