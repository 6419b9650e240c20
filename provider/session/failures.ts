import type { Failure } from "@overlaynet/core/protocol";

/** The agent answered a request with a failure. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";

  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** No answer: the session ended, or the answer took too long. What the host did is not known; asking again finds out. */
export class SessionLost extends Error {
  override readonly name = "SessionLost";
}

/** No session began: what the host said instead of a greeting. */
export class NoSession extends Error {
  override readonly name = "NoSession";

  constructor(
    readonly exitCode: number,
    /** The last of what it printed, on one line. */
    readonly printed: string,
  ) {
    super(printed === "" ? `the session ended at once (exit ${exitCode})` : printed);
  }
}
