import { join } from "node:path";
import type { Lab } from "../hosts/index.js";
import { until } from "../hosts/poll.js";

/** Starts an ssh-agent in the operator's place that holds the operator's key; it ends with the lab. Answers its socket. */
export async function startSshAgent(lab: Lab): Promise<string> {
  const socket = join(lab.stateDir, "agent.sock");
  void lab.op(["ssh-agent", "-D", "-a", socket], { reject: false });
  const add = async (): Promise<boolean> => {
    const options = { reject: false, env: { SSH_AUTH_SOCK: socket } } as const;
    return (await lab.op(["ssh-add", "-q", lab.privateKeyPath], options)).exitCode === 0;
  };
  await until("ssh-agent takes the operator's key", add, { within: 20_000 });
  return socket;
}
