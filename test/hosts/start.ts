import { spawn } from "node:child_process";
import { existsSync, openSync, closeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { processesOf } from "./cgroup.js";
import { until } from "./poll.js";

/** The inside of a lab, or of Vagrant's machines: a script that makes their namespaces, then lives as long as they do. */
export interface Init {
  /** For messages: `lab x`. */
  readonly what: string;
  readonly script: string;
  readonly args: readonly string[];
  /** The script makes the file `started` in there when the namespaces are made. */
  readonly state: string;
  /** The script puts into its leaf `anchor` the one process by which the namespaces are found. */
  readonly cgroup: string;
}

/**
 * Starts such a script as a process that outlives this one, and returns when its namespaces are there.
 *
 * @throws with what it wrote when it fails, or takes longer than half a minute.
 */
export async function startInit({ what, script, args, state, cgroup }: Init): Promise<void> {
  const log = join(state, "init.log");
  const output = openSync(log, "wx", 0o600);
  const stdio = ["ignore", output, output] as const;
  const init = spawn(script, args, { detached: true, stdio: [...stdio] });
  closeSync(output);
  let failure: string | undefined;
  init.once("error", (error) => {
    failure = error.message;
  });
  init.once("exit", (code, signal) => {
    failure = `${basename(script)} ended with ${signal ?? code ?? "nothing"}`;
  });
  const ready = async (): Promise<boolean> => {
    if (failure !== undefined) throw new Error(`${what}: ${failure}\n${await readFile(log, "utf8")}`);
    const [anchor] = await processesOf(join(cgroup, "anchor"));
    return existsSync(join(state, "started")) && anchor !== undefined;
  };
  await until(`${what} has its namespaces`, ready, { within: 30_000, every: 10 }, () => readFile(log, "utf8"));
  init.removeAllListeners();
  init.unref();
}
