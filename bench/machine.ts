import { execaSync } from "execa";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";

/** What a result depends on, in one line: processor, kernel, Node, what else the machine had to do, and the commit that was measured. */
export function machine(): string {
  const [cpu] = cpus();
  const { stdout: commit } = execaSync("git", ["describe", "--always", "--dirty"], { cwd: __dirname });
  const system = `Linux ${release().split("-")[0] ?? ""}, Node ${process.version}`;
  const load = `load average ${(loadavg()[0] ?? 0).toFixed(1)} at the end${priority()}`;
  return `${cpus().length} × ${cpu?.model ?? "unknown processor"}, ${system}, ${load}, commit ${commit}`;
}

/** Other work on the machine is kept out by `chrt -r 10` before the command, which is to be told (policy, the 41st field of proc(5) stat). */
function priority(): string {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return fields[38] === "0" ? "" : " and realtime priority against it";
}
