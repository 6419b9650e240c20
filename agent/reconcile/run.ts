import { hostPaths } from "../store/paths.js";
import { ensure } from "./ensure.js";
import { type Host, hostAt } from "./host.js";

/**
 * The ensure unit's work, told line by line to `log` (the journal). Answers the exit status: 0 when the overlay is as asked now.
 */
export async function runEnsure(
  overlay: string,
  log: (line: string) => void,
  host: Host = hostAt(hostPaths),
): Promise<number> {
  process.umask(0o022);
  const { repaired, failures } = await ensure(host, overlay);
  for (const line of repaired) log(`repaired: ${line}`);
  for (const line of failures) log(`failed: ${line}`);
  return failures.length === 0 ? 0 : 1;
}
