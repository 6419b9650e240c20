import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  isDeadNamespace,
  isNoSuchNamespace,
  type KernelObject,
  type Look,
  namesCommand,
  namespaceCommands,
  namespacesOf,
  type ObserveCommand,
  parseNamespace,
  parseNamespaceNames,
  portNamespacesOf,
} from "@overlaynet/core";
import type { Host } from "./host.js";
import { inParallel } from "./parallel.js";
import { CommandFailed, type Ran, type Runner } from "./runner.js";

/** The parts of a host that its structure needs. */
export type Places = Pick<Host, "runner" | "paths">;

/** What was seen of the namespaces that were looked at. */
export type Seen = ReadonlyMap<string, Look>;

/** Looks at every namespace that has a name, so that whatever carries a mark of ours is found, and at those that these objects are in. */
export async function observeAll(host: Places, objects: readonly KernelObject[]): Promise<Seen> {
  const names = parseNamespaceNames((await ask(host.runner, namesCommand)).stdout);
  return observe(host, [...new Set([...namespacesOf(objects), ...names])], portNamespacesOf(objects));
}

/** Looks at namespaces by name; `withPorts`: those whose bridge's static entries are of interest. A name that is not taken costs no process. */
export async function observe(host: Places, names: readonly string[], withPorts: readonly string[]): Promise<Seen> {
  const ports = new Set(withPorts);
  const seen = await inParallel(names, async (name) => {
    const isThere = existsSync(join(host.paths.netns, name));
    return [name, isThere ? await observeOne(host.runner, name, ports.has(name)) : "absent"] as const;
  });
  return new Map(seen);
}

async function observeOne(runner: Runner, name: string, portEntries: boolean): Promise<Look> {
  const { ip, bridge } = namespaceCommands(name, { portEntries });
  const shown = await runner.attempt(ip.argv, ip.stdin);
  if (shown.exitCode !== 0) {
    if (isNoSuchNamespace(shown.stderr)) return "absent";
    if (isDeadNamespace(shown.stderr)) return "dead";
    throw new CommandFailed(ip.argv, shown);
  }
  if (bridge === undefined) return parseNamespace(shown.stdout);
  return parseNamespace(shown.stdout, (await ask(runner, bridge)).stdout);
}

function ask(runner: Runner, command: ObserveCommand): Promise<Ran> {
  return runner.run(command.argv, command.stdin);
}
