import { copyFile, mkdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type PinnedFile, type Progress, cacheFolder, fetchPinned, keepAs } from "./npm-package.js";
import type { Architecture } from "./runtime.js";

/** The native boundary as published, for each architecture. */
export const koffi: Record<Architecture, PinnedFile> = {
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

/** The file of the native boundary for an architecture, among what a build made. */
export function nativeName(architecture: Architecture): string {
  return `koffi-${architecture}.node`;
}

/** Puts the native boundary of every architecture into a build; fetched once per machine, then from the cache. */
export async function buildNative(folder: string, progress: Progress): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const architecture of ["x64", "arm64"] as const) {
    const native = koffi[architecture];
    const cached = join(cacheFolder(), `koffi-${native.sha256.slice(0, 16)}.node`);
    if (!existsSync(cached)) await fetchPinned(native, (path) => keepAs(path, cached), progress);
    await copyFile(cached, join(folder, nativeName(architecture)));
  }
}
