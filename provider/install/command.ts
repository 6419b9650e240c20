import { UsageError } from "@overlaynet/core/operator/index";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { administratorScript } from "./administrator.js";
import { type Artifacts, ownArtifacts } from "./install.js";

/**
 * Prints the script by which an administrator sets a host up for the restricted mode.
 *
 * @param say told what takes long
 * @throws UsageError for options that make no sense
 */
export async function printAdministratorScript(
  { user, architecture }: { readonly user: string; readonly architecture: string },
  out: Writable,
  say: (line: string) => void,
  artifacts: Artifacts = ownArtifacts,
): Promise<void> {
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user) || user === "root") {
    throw new UsageError(`--user: expected the name of an account other than root, got ${JSON.stringify(user)}`);
  }
  if (architecture !== "x64" && architecture !== "arm64") {
    throw new UsageError(`--architecture: expected x64 or arm64, got ${JSON.stringify(architecture)}`);
  }
  for await (const text of administratorScript({ user, architecture }, artifacts, say)) {
    if (!out.write(text)) await once(out, "drain");
  }
}
