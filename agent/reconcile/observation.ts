import {
  isNoSuchNamespace,
  type KernelObject,
  namesCommand,
  namespaceCommands,
  namespacesOf,
  type ObserveCommand,
  type ObservedNamespace,
  parseNamespace,
  parseNamespaceNames,
  portNamespacesOf,
} from "@overlaynet/core";
import { inParallel } from "./parallel.js";
import { CommandFailed, type Ran, type Runner } from "./runner.js";

/** What was seen of the namespaces that were looked at. */
export type Seen = ReadonlyMap<string, ObservedNamespace | "absent">;

/** Looks at the namespaces that these objects are in, and at no others. */
export function observeObjects(runner: Runner, objects: readonly KernelObject[]): Promise<Seen> {
  return observe(runner, namespacesOf(objects), portNamespacesOf(objects));
}

/** Looks at these objects' namespaces and at every other that has a name, so that whatever carries a mark of ours is found. */
export async function observeAll(runner: Runner, objects: readonly KernelObject[]): Promise<Seen> {
  const names = parseNamespaceNames((await ask(runner, namesCommand)).stdout);
  return observe(runner, [...new Set([...namespacesOf(objects), ...names])], portNamespacesOf(objects));
}

/** Looks at namespaces by name; `withPorts`: those whose bridge's static entries are of interest. */
export async function observe(runner: Runner, names: readonly string[], withPorts: readonly string[]): Promise<Seen> {
  const ports = new Set(withPorts);
  const seen = await inParallel(names, async (name) => {
    const state = await observeOne(runner, name, ports.has(name));
    return [name, state] as const;
  });
  return new Map(seen);
}

async function observeOne(runner: Runner, name: string, portEntries: boolean): Promise<ObservedNamespace | "absent"> {
  const { ip, bridge } = namespaceCommands(name, { portEntries });
  const shown = await runner.attempt(ip.argv, ip.stdin);
  if (shown.exitCode !== 0) {
    if (isNoSuchNamespace(shown.stderr)) return "absent";
    throw new CommandFailed(ip.argv, shown);
  }
  if (bridge === undefined) return parseNamespace(shown.stdout);
  return parseNamespace(shown.stdout, (await ask(runner, bridge)).stdout);
}

function ask(runner: Runner, command: ObserveCommand): Promise<Ran> {
  return runner.run(command.argv, command.stdin);
}
