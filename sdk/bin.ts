#!/usr/bin/env node
/** The operator's command `overlaynet`, as `npx overlaynet` finds it. */
import { runCommand } from "@overlaynet/provider/install/command";

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

runCommand(process.argv.slice(2), process.stdout, say).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
