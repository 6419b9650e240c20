import { once } from "node:events";
import type { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { administratorScript } from "./administrator.js";
import { type Artifacts, ownArtifacts } from "./install.js";

/** How the command is used, for people. */
const usage = `usage: overlaynet install --print --user NAME [--architecture x64|arm64]

Prints the shell script by which an administrator sets a host up for the restricted mode: run as root there, it installs
the agent and allows the user NAME to run \`sudo /usr/local/bin/overlaynet session\` and nothing else. Without an
administrator nothing is to be installed by hand: \`pulumi up\` of an Overlay does it.`;

/** What was asked for cannot be done; the message is a sentence, or how the command is used. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * The operator's command `overlaynet`.
 *
 * @param say told what takes long
 * @throws UsageError for arguments that are not understood
 */
export async function runCommand(
  argv: readonly string[],
  out: Writable,
  say: (line: string) => void,
  artifacts: Artifacts = ownArtifacts,
): Promise<void> {
  const { values, positionals } = parsed(argv);
  const { user, architecture = "x64", print = false } = values;
  if (positionals.length !== 1 || positionals[0] !== "install" || !print || user === undefined) {
    throw new UsageError(usage);
  }
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

function parsed(argv: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(argv);
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

function parse(argv: readonly string[]) {
  const options = {
    print: { type: "boolean" },
    user: { type: "string" },
    architecture: { type: "string" },
  } as const;
  return parseArgs({ args: [...argv], options, allowPositionals: true });
}
