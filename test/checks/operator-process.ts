/**
 * The provider's own way to hosts, run by itself at the operator's place: asks come in on standard input, a line of JSON each, answers go out on standard output. The engine is left out, so that a
 * way to log in costs a tenth of a second to try, not an `up`.
 */
import { createInterface } from "node:readline";
import { HostFailure } from "@overlaynet/provider/host-failure";
import { SshFleet } from "@overlaynet/provider/session/ssh-fleet";
import { StackConfig } from "@overlaynet/provider/stack-config";
import type { Numbered, Reached } from "./operator.js";

async function reach({ host, config = {}, install = false, required = true, timeouts }: Numbered): Promise<Reached> {
  const said: string[] = [];
  const say = (line: string): void => {
    said.push(line);
  };
  const fleet = new SshFleet(say);
  fleet.configure(new StackConfig((key) => config[key]));
  try {
    const effort = { required, install, deadline: 60_000, ...timeouts, say };
    const session = await fleet.open(host, effort);
    // A request too: the greeting alone comes before anything is asked.
    await session.othersOn("none");
    return { ok: true, agent: session.greeting.agent.version, said };
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    const { kind, phase, message } = error;
    return { ok: false, kind, phase, message, said };
  } finally {
    await fleet.close();
  }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const ask = JSON.parse(line) as Numbered;
  reach(ask).then(
    (answer) => process.stdout.write(`${JSON.stringify({ id: ask.id, answer })}\n`),
    (error: unknown) => {
      throw error;
    },
  );
});
