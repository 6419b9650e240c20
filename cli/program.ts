import { Command, CommanderError } from "commander";
import { addCompletion } from "./completion.js";
import { Exit } from "./exit.js";
import { explain } from "./verb/call.js";
import { addDoctor } from "./verb/doctor.js";
import { addInstall } from "./verb/install.js";
import { addExec } from "./verb/exec.js";
import { addMonitor } from "./verb/monitor.js";
import { addPing } from "./verb/ping.js";
import { addRecords } from "./verb/records.js";
import { addStatus } from "./verb/status.js";
import { addTrace } from "./verb/trace.js";
import { addVersion } from "./verb/version.js";
import type { World } from "./world.js";

const operator =
  "Overlay networks as an operator sees them: the hosts of a Pulumi stack, all at once. Without --stack and --cwd it is the selected stack of the project in this folder.";
const host = "The part of overlaynet that runs on a host, and the operator's verbs for this host alone.";
const statuses = `
Exit status: 0 all well; 1 something is wrong, or a request failed; 2 the command line makes no sense; 3 a host could not
be asked. exec and shell end with the status of what they ran, 255 when nothing was run.`;

/** Adds verbs of the place that the command runs at. @param finish told the exit status */
export type More = (program: Command, finish: (status: number) => void) => void;

/** The command `overlaynet` with all its verbs. */
export function makeProgram(world: World, finish: (status: number) => void, more?: More): Command {
  const program = new Command("overlaynet")
    .description(world.place === "host" ? host : operator)
    .version(world.version)
    .configureOutput({ writeOut: (text) => world.out.write(text), writeErr: (text) => world.err.write(text) })
    .showHelpAfterError("(--help shows how it is used)")
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText("after", statuses);
  addStatus(program, world, finish);
  addMonitor(program, world, finish);
  addRecords(program, world, finish);
  addDoctor(program, world, finish);
  addPing(program, world, finish);
  addTrace(program, world, finish);
  addExec(program, world, finish);
  addVersion(program, world, finish);
  const { install } = world;
  if (install !== undefined) addInstall(program, install);
  more?.(program, finish);
  addCompletion(program, world);
  return program;
}

/** Runs the command line to its end and answers the exit status: an {@link Exit}, or that of what `exec` ran. Errors that nobody foresaw are thrown. */
export async function runProgram(world: World, argv: readonly string[], more?: More): Promise<number> {
  let exit: number = Exit.Well;
  const program = makeProgram(world, (status) => (exit = status), more);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    // Help and version were printed by commander, and so was what is wrong with the arguments.
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.Well : Exit.Usage;
    return explain(world, error);
  }
}
