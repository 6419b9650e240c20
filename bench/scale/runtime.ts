import { chmodSync, copyFileSync, createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { agentArtifact, runtimeArtifact } from "@overlaynet/agent/artifacts";

/** Node as hosts have it, and the agent's files, in a folder. Answers where its Node and the resolver's bundle are. */
export async function unpackRuntime(folder: string): Promise<{ node: string; bundle: string }> {
  if (process.arch !== "x64" && process.arch !== "arm64") throw new Error(`no host is a ${process.arch}`);
  const { gzipPath } = await runtimeArtifact(process.arch, (line) => {
    process.stderr.write(`${line}\n`);
  });
  const node = join(folder, "node");
  await pipeline(createReadStream(gzipPath), createGunzip(), createWriteStream(node));
  chmodSync(node, 0o755);
  for (const { name, path } of (await agentArtifact(process.arch)).files) copyFileSync(path, join(folder, name));
  return { node, bundle: join(folder, "resolver.cjs") };
}
