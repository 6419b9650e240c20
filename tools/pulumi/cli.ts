import { ensurePulumi } from "./install.js";

/** `node cli.js [--quiet]`: the folder for PATH on standard output, the sentence about it on standard error. */
async function main(): Promise<void> {
  const cli = await ensurePulumi((text) => {
    console.error(text);
  });
  if (!process.argv.includes("--quiet")) console.error(cli.sentence);
  console.log(cli.bin);
}

main().catch((error: unknown) => {
  console.error(`Pulumi CLI: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
