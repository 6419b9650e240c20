/** `overlaynet resolver …`. Beside the commands of people, whose library is larger than a resolver. */
import { parseArgs } from "node:util";
import { runResolver } from "./run.js";

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { config: { type: "string" }, socket: { type: "string" }, namespace: { type: "string" } },
  });
  const { config, socket, namespace } = values;
  if (config === undefined || socket === undefined) throw new Error("resolver needs --config FILE and --socket PATH");
  await runResolver({
    configPath: config,
    socketPath: socket,
    ...(namespace === undefined ? {} : { namespacePath: namespace }),
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`overlaynet: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
