import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type PinnedFile, type Progress, cacheFolder, fetchPinned, keepAs } from "./npm-package.js";
import type { Architecture } from "./runtime.js";
import { agentVersion } from "./version.js";

const koffi: Record<Architecture, PinnedFile> = {
  x64: {
    package: "@koromix/koffi-linux-x64",
    version: "3.3.4",
    integrity: "sha512-xi47MKuoQ9fA2SsrH6wljl9t9120hO66qEmb1le6q636q55J974cZfcwDrK5nW1GalJ+0NLXoH2T3/NGQBzPNw==",
    file: "package/linux_x64/koffi.node",
    sha256: "bee3ebc173f47178269e8441fbfd90899c8fe6bc3c948f481c79670f924b1725",
  },
  arm64: {
    package: "@koromix/koffi-linux-arm64",
    version: "3.3.4",
    integrity: "sha512-k6FPjEYDioyVihUqvRFX4QZK0RL/Rrn4xPEzrKxODxgLAUXlhBTut391zPzgsMcArXgN4YTuS11M/kxmA5s+Fg==",
    file: "package/linux_arm64/koffi.node",
    sha256: "7086182b845ae3a0e22113513c9a4e4f2b7838814b079c9a91270887eab1adf1",
  },
};

/** One file of the agent as it lies on a host. */
export interface ArtifactFile {
  readonly name: string;
  readonly path: string;
  readonly mode: number;
}

/** The agent for hosts of one architecture: the bundle and the native boundary beside it. */
export interface AgentArtifact {
  readonly version: string;
  /** Names the folder on the host: the first 16 hex digits of a sha256 over names and contents. */
  readonly digest: string;
  readonly files: readonly ArtifactFile[];
}

/**
 * The agent for an architecture.
 *
 * @throws Error when the bundle was not built (`npm run build`)
 */
export async function agentArtifact(architecture: Architecture, progress: Progress = () => {}): Promise<AgentArtifact> {
  const bundle = join(__dirname, "..", "..", "build", "overlaynet.cjs");
  if (!existsSync(bundle)) throw new Error(`the agent's bundle ${bundle} is missing; run \`npm run build\``);
  const native = koffi[architecture];
  const nativePath = join(cacheFolder(), `koffi-${native.sha256.slice(0, 16)}.node`);
  if (!existsSync(nativePath)) await fetchPinned(native, (path) => keepAs(path, nativePath), progress);
  const files = [
    { name: "overlaynet.cjs", path: bundle, mode: 0o644 },
    { name: "koffi.node", path: nativePath, mode: 0o644 },
  ];
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file.name}\0`).update(await readFile(file.path));
  return { version: agentVersion, digest: hash.digest("hex").slice(0, 16), files };
}
