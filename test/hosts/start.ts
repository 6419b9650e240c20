import { spawn } from "node:child_process";
import { existsSync, openSync, closeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { processesOf } from "./cgroup.js";
import { HOSTS_SOURCE } from "./paths.js";
import { until } from "./poll.js";

/** What the inside of a lab (init.sh) has to know. */
export interface InitPlace {
  readonly name: string;
  readonly state: string;
  readonly cgroup: string;
  readonly tree: string;
}

/**
 * Starts init.sh as a process that outlives this one, and returns when the namespaces of the lab are there.
 *
 * @throws with what it wrote when it fails, or takes longer than half a minute.
 */
export async function startInit({ name, state, cgroup, tree }: InitPlace): Promise<void> {
  const log = join(state, "init.log");
  const output = openSync(log, "wx", 0o600);
  const stdio = ["ignore", output, output] as const;
  const init = spawn(join(HOSTS_SOURCE, "init.sh"), [name, state, cgroup, tree], { detached: true, stdio: [...stdio] });
  closeSync(output);
  let failure: string | undefined;
  init.once("error", (error) => {
    failure = error.message;
  });
  init.once("exit", (code, signal) => {
    failure = `init.sh ended with ${signal ?? code ?? "nothing"}`;
  });
  const ready = async (): Promise<boolean> => {
    if (failure !== undefined) throw new Error(`lab ${name}: ${failure}\n${await readFile(log, "utf8")}`);
    const [anchor] = await processesOf(join(cgroup, "anchor"));
    return existsSync(join(state, "started")) && anchor !== undefined;
  };
  await until(`lab ${name} has its namespaces`, ready, { within: 30_000, every: 10 }, () => readFile(log, "utf8"));
  init.removeAllListeners();
  init.unref();
}
