import { execaSync } from "execa";
import { cpus, loadavg, release } from "node:os";

/** What a result depends on, in one line: processor, kernel, Node, what else the machine had to do, and the commit that was measured. */
export function machine(): string {
  const [cpu] = cpus();
  const { stdout: commit } = execaSync("git", ["describe", "--always", "--dirty"], { cwd: __dirname });
  const system = `Linux ${release().split("-")[0] ?? ""}, Node ${process.version}`;
  const load = `load average ${(loadavg()[0] ?? 0).toFixed(1)} at the end`;
  return `${cpus().length} × ${cpu?.model ?? "unknown processor"}, ${system}, ${load}, commit ${commit}`;
}
