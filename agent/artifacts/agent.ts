import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nativeName } from "./native.js";
import type { Architecture } from "./runtime.js";
import { agentVersion } from "./version.js";

/** One file of the agent as it lies on a host. */
export interface ArtifactFile {
  readonly name: string;
  readonly path: string;
  readonly mode: number;
}

/** The agent for hosts of one architecture: the bundles and the native boundary beside them. */
export interface AgentArtifact {
  readonly version: string;
  /** Names the folder on the host: the first 16 hex digits of a sha256 over names and contents. */
  readonly digest: string;
  readonly files: readonly ArtifactFile[];
}

/** What `bundle.mjs` makes: all verbs but the resolver's, which is resident and loads no more than it needs, its metrics when somebody asks. */
const bundles = ["overlaynet.cjs", "resolver.cjs", "exposition.cjs"];

/** Where `npm run build` puts what hosts run. */
const build = join(__dirname, "..", "..", "build");

/**
 * The agent for an architecture.
 *
 * @throws Error when it was not built (`npm run build`)
 */
export async function agentArtifact(architecture: Architecture): Promise<AgentArtifact> {
  const files = [
    ...bundles.map((name) => ({ name, path: join(build, name), mode: 0o644 })),
    { name: "koffi.node", path: join(build, nativeName(architecture)), mode: 0o644 },
  ];
  const hash = createHash("sha256");
  for (const { name, path } of files) {
    if (!existsSync(path)) throw new Error(`the agent's ${path} is missing; run \`npm run build\``);
    hash.update(`${name}\0`).update(await readFile(path));
  }
  return { version: agentVersion, digest: hash.digest("hex").slice(0, 16), files };
}
