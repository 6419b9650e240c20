import { execaSync } from "execa";
import { cpus, release } from "node:os";

/** What a result depends on, in one line: processor, kernel, Node, and the commit that was measured. */
export function machine(): string {
  const [cpu] = cpus();
  const { stdout: commit } = execaSync("git", ["describe", "--always", "--dirty"], { cwd: __dirname });
  return `${cpus().length} × ${cpu?.model ?? "unknown processor"}, Linux ${release()}, Node ${process.version}, commit ${commit}`;
}
