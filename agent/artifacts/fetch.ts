/** `node fetch.js ARCHITECTURE…`: brings the runtime of hosts into this machine's cache, for operators who have no registry in reach later. */
import { type Architecture, runtimeArtifact } from "./runtime.js";

async function main(architectures: readonly string[]): Promise<void> {
  for (const architecture of architectures) {
    if (architecture !== "x64" && architecture !== "arm64")
      throw new Error(`expected x64 or arm64, got ${architecture}`);
    const known: Architecture = architecture;
    await runtimeArtifact(known, (line) => process.stderr.write(`${line}\n`));
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
