import { chmodSync, copyFileSync, createReadStream, createWriteStream } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { runtimeArtifact } from "@overlaynet/agent/artifacts/runtime";

/** Node as hosts have it, and an agent's bundle with its native part beside it, in a folder. */
export async function unpackRuntime(folder: string, bundle: string): Promise<{ node: string; bundle: string }> {
  if (process.arch !== "x64" && process.arch !== "arm64") throw new Error(`no host is a ${process.arch}`);
  const { gzipPath } = await runtimeArtifact(process.arch, (line) => {
    process.stderr.write(`${line}\n`);
  });
  const node = join(folder, "node");
  await pipeline(createReadStream(gzipPath), createGunzip(), createWriteStream(node));
  chmodSync(node, 0o755);
  copyFileSync(bundle, join(folder, "overlaynet.cjs"));
  copyFileSync(join(dirname(bundle), `koffi-${process.arch}.node`), join(folder, "koffi.node"));
  return { node, bundle: join(folder, "overlaynet.cjs") };
}
