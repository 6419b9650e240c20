import { HostProblem } from "@overlaynet/core/operator/index";
import type { Command } from "commander";
import { Exit } from "../exit.js";
import { findContainer } from "../find.js";
import type { World } from "../world.js";
import { type CommonOptions, examples, explain, hostVerb, withHosts } from "./call.js";

interface ExecOptions extends CommonOptions {
  readonly overlay?: string;
}

/** The user's shell, or the one that every system has. */
const shell = ["sh", "-c", 'exec "${SHELL:-/bin/sh}"'];

/** `exec` and `shell`: a command in a container, wherever it lives. */
export function addExec(program: Command, world: World, finish: (status: number) => void): void {
  const which = ["-o, --overlay <name>", "the container's overlay, where several have one of its name"] as const;
  const exec = hostVerb(program, world, "exec")
    .argument("<container>", "as its resource calls it")
    .argument("<command...>", "what to run, with its arguments")
    .option(...which)
    .summary("run a command in a container, wherever it lives")
    .description(
      "Runs a command as root in a container's network namespace, on the host where it lives, with a terminal when there is one here. Ends with the command's status, 255 when nothing was run.",
    );
  examples(
    exec,
    ["overlaynet exec red -- ping -c 3 7.7.7.3", "from red on a to pink on b"],
    ["overlaynet exec pink -- tcpdump -ni eth0", "until Ctrl-C"],
  );
  exec.action(async (container: string, argv: string[], options: ExecOptions) => {
    finish(await run(world, options, container, argv));
  });

  const inShell = hostVerb(program, world, "shell")
    .argument("<container>", "as its resource calls it")
    .option(...which)
    .summary("a shell in a container, wherever it lives")
    .description("Starts the shell of root's environment in a container's network namespace.");
  examples(inShell, ["overlaynet shell red", ""]);
  inShell.action(async (container: string, options: ExecOptions) => {
    finish(await run(world, options, container, shell));
  });
}

function run(world: World, options: ExecOptions, name: string, argv: readonly string[]): Promise<number> {
  return withHosts(world, options, async (hosts) => {
    try {
      const { host, container } = await findContainer(hosts, name, options.overlay);
      return await host.runIn(container, argv);
    } catch (error) {
      if (!(error instanceof HostProblem)) throw error;
      explain(world, error);
      return Exit.NotRun;
    }
  });
}
