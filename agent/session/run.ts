import type { Readable, Writable } from "node:stream";
import type { Greeting } from "@overlaynet/core/protocol";
import { type Host, hostAt } from "../reconcile/host.js";
import { hostRequirements, type Requirements } from "../reconcile/requirements.js";
import { answerOperator } from "../operator/answer.js";
import { hostPaths } from "../store/paths.js";
import { HostBatches } from "./batch.js";
import { greet } from "./greeting.js";
import { Session } from "./session.js";

export interface RunSessionOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly agent: Greeting["agent"];
  /** The machine to work on; this one by default. */
  readonly host?: Host;
  readonly requirements?: Requirements;
  /** See SessionOptions. */
  readonly silence?: number;
}

/** Speaks the session's protocol until the client goes, and resolves when what it had been promised is done. */
export async function runSession(options: RunSessionOptions): Promise<void> {
  const host = options.host ?? hostAt(hostPaths);
  const requirements = options.requirements ?? hostRequirements(host.runner);
  // Folders and files get their modes as written here, whatever sudo or a login shell left.
  process.umask(0o022);
  let batches: HostBatches | undefined;
  const { stdin, stdout, silence } = options;
  const session = new Session({
    stdin,
    stdout,
    greeting: greet(options.agent),
    batches: (notify) => {
      const made = new HostBatches(host, requirements, notify);
      batches = made;
      return (requests) => made.run(requests);
    },
    operator: (request, to) => answerOperator(host, request, to),
    atEnd: async () => {
      await batches?.leave();
    },
    ...(silence === undefined ? {} : { silence }),
  });
  // The connection's end may come as a signal too; a batch that runs is finished all the same.
  const stop = (): void => {
    stdin.destroy();
  };
  const signals = ["SIGHUP", "SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    await session.run();
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
