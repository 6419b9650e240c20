#!/usr/bin/env node
/** The operator's command `overlaynet`, as `npx overlaynet` finds it. */
import { runProgram, type World } from "@overlaynet/cli";
import { addGraph } from "@overlaynet/cli/verb/graph";
import { addReport } from "@overlaynet/cli/verb/report";
import { operatorHosts, printAdministratorScript, version } from "@overlaynet/provider/operator/index";

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const world: World = {
  place: "operator",
  version,
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  hosts: (options) => operatorHosts(options, say),
  install: (options) => printAdministratorScript(options, process.stdout, say),
};

// What hosts have no use for is no part of what is put on them.
runProgram(world, process.argv.slice(2), (program, finish) => {
  addGraph(program, world, finish);
  addReport(program, world, finish);
}).then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  },
);
