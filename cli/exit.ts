/** What the command's exit status says to scripts. Of several the worst counts: 2, then 1, then 3. `exec` and `shell` end with the status of what they ran. */
export const Exit = {
  /** All was well. */
  Well: 0,
  /** Something is wrong with the network, or a request failed; what, and what to do, was printed. */
  Wrong: 1,
  /** The command line makes no sense, or names a stack, host or container that is not there. */
  Usage: 2,
  /** A host could not be asked: no answer, log-in refused, no agent or too old a one. What the others said is printed. */
  Unreachable: 3,
  /** `exec` and `shell`: nothing was run there, or it was ended by a signal or with the connection. */
  NotRun: 255,
} as const;
export type Exit = (typeof Exit)[keyof typeof Exit];
