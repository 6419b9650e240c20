import {
  type ContainerName,
  HostProblem,
  type OperatorHost,
  type OperatorHosts,
  UsageError,
} from "@overlaynet/core/operator/index";
import type { Command } from "commander";
import { inspection } from "../ask.js";
import { Exit } from "../exit.js";
import { fromAll } from "../gather.js";
import type { World } from "../world.js";
import { type CommonOptions, examples, explain, hostVerb, withHosts } from "./call.js";

interface ExecOptions extends CommonOptions {
  readonly overlay?: string;
}

interface Found {
  readonly host: OperatorHost;
  readonly container: ContainerName;
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
      const { host, container } = await find(hosts, name, options.overlay);
      return await host.runIn(container, argv);
    } catch (error) {
      if (!(error instanceof HostProblem)) throw error;
      explain(world, error);
      return Exit.NotRun;
    }
  });
}

/** Where a container lives: as the stack's state says, else as hosts do. @throws UsageError when none or several are meant; HostProblem when it may be on a host that does not answer */
async function find(all: OperatorHosts, name: string, overlay: string | undefined): Promise<Found> {
  const { hosts, expected, title } = all;
  const isMeant = (one: ContainerName): boolean => one.name === name && (overlay ?? one.overlay) === one.overlay;
  const known = (expected?.containers ?? []).filter(isMeant).flatMap((container): Found[] => {
    const host = hosts.find((one) => one.name === container.host);
    return host === undefined ? [] : [{ host, container }];
  });
  if (known[0] !== undefined) return only(known, known[0], name);
  const looks = await fromAll(hosts, async (host) => (await inspection(host, overlay)).overlays);
  const found = looks.flatMap((look) =>
    (look.problem === undefined ? look.value : []).flatMap(({ overlay: of, containers }) =>
      containers.map((one): Found => ({ host: look.host, container: { overlay: of, name: one.name } })),
    ),
  );
  const those = found.filter(({ container }) => isMeant(container));
  if (those[0] !== undefined) return only(those, those[0], name);
  const silent = looks.find(({ problem }) => problem !== undefined)?.problem;
  if (silent !== undefined) throw silent;
  const names = [...new Set(found.map(({ container }) => container.name))].sort();
  throw new UsageError(`${title} has no container ${name}; it has ${names.join(", ") || "none"}`);
}

function only(found: readonly Found[], first: Found, name: string): Found {
  if (found.length === 1) return first;
  const overlays = found.map(({ container }) => container.overlay).sort();
  throw new UsageError(`--overlay: expected one of ${overlays.join(", ")}, each has a container ${name}`);
}
