import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Services } from "./fleet.js";
import { SshFleet } from "./session/ssh-fleet.js";

/** Milliseconds that sessions have to end by when the engine says stop: after five seconds it kills (pulumi: sdk/go/common/resource/plugin/plugin.go). */
const farewell = 4500;

/** A line for people: what a dynamic provider prints appears in the engine's output. */
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The services of a provider process. @param log where lines for people go */
export function processServices(log: (line: string) => void = print): Services & { readonly fleet: SshFleet } {
  const fleet = new SshFleet(log);
  return {
    fleet,
    now: () => Date.now(),
    wait: (milliseconds) => delay(milliseconds),
    random: () => randomBytes(4).toString("hex"),
    log,
  };
}

/** Closes quietly on SIGINT, which is also how the engine ends a provider that has nothing left to do. */
export function endOnInterrupt(fleet: SshFleet): void {
  process.once("SIGINT", () => {
    const end = (): void => process.exit(0);
    setTimeout(end, farewell);
    fleet.close().then(end, end);
  });
}
