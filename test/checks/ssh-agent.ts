import { join } from "node:path";
import type { Lab } from "../hosts/index.js";
import { until } from "../hosts/poll.js";

/** Starts an ssh-agent in the operator's place that holds keys, the operator's own when none is named; it ends with the lab. Answers its socket. */
export async function startSshAgent(
  lab: Lab,
  name = "agent.sock",
  keys: readonly string[] = [lab.privateKeyPath],
): Promise<string> {
  const socket = join(lab.stateDir, name);
  void lab.op(["ssh-agent", "-D", "-a", socket], { reject: false });
  const add = async (): Promise<boolean> => {
    const options = { reject: false, env: { SSH_AUTH_SOCK: socket } } as const;
    return (await lab.op(["ssh-add", "-q", ...keys], options)).exitCode === 0;
  };
  await until("ssh-agent takes its keys", add, { within: 20_000 });
  return socket;
}
