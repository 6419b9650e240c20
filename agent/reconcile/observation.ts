import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  isDeadNamespace,
  isNoSuchNamespace,
  isNoSuchTable,
  type KernelObject,
  type Look,
  type ObservedTable,
  namesCommand,
  namespaceCommands,
  namespacesOf,
  type ObserveCommand,
  parseNamespace,
  parseNamespaceNames,
  parseTable,
  portNamespacesOf,
  rootNamespace,
  tableCommand,
  type Tables,
  tablesOf,
} from "@overlaynet/core";
import type { Host } from "./host.js";
import { inParallel } from "./parallel.js";
import { CommandFailed, type Ran, type Runner } from "./runner.js";

/** The parts of a host that its structure needs. */
export type Places = Pick<Host, "runner" | "paths">;

/** What was seen of the namespaces that were looked at. */
export type Namespaces = ReadonlyMap<string, Look>;

/** What was seen of a host for an overlay. */
export interface Seen {
  readonly namespaces: Namespaces;
  readonly tables: Tables;
}

/** Looks at every namespace that has a name, so that whatever carries a mark of ours is found, and at those that these objects are in. */
export async function observeAll(host: Places, objects: readonly KernelObject[]): Promise<Namespaces> {
  const names = parseNamespaceNames((await ask(host.runner, namesCommand)).stdout);
  return observe(host, [...new Set([...namespacesOf(objects), ...names])], portNamespacesOf(objects));
}

/** Looks at namespaces by name; `withPorts`: those whose bridge's static entries are of interest. A name that is not taken costs no process. */
export async function observe(
  host: Places,
  names: readonly string[],
  withPorts: readonly string[],
): Promise<Namespaces> {
  const ports = new Set(withPorts);
  const seen = await inParallel(names, async (name) => {
    const isThere = existsSync(join(host.paths.netns, name));
    return [name, isThere ? await observeOne(host.runner, name, ports.has(name)) : "absent"] as const;
  });
  return new Map(seen);
}

/**
 * Looks at the overlay's tables of nftables: in the root namespace, and in those of its namespaces that are to be looked at.
 *
 * @param objects what is desired and what was: where none of them is a table, a kernel without nftables is no trouble
 */
export async function observeTables(
  host: Places,
  overlay: string,
  objects: readonly KernelObject[],
  isAsked: (namespace: string) => boolean,
): Promise<Tables> {
  const needed = objects.some(({ kind }) => kind === "filter");
  const isThere = (name: string): boolean => name === rootNamespace || existsSync(join(host.paths.netns, name));
  const asked = tablesOf(overlay, objects).filter(({ namespace }) => isAsked(namespace) && isThere(namespace));
  const seen = await inParallel(asked, async (id): Promise<(readonly [string, ObservedTable | "absent"])[]> => {
    const { argv } = tableCommand(id);
    const ran = await host.runner.attempt(argv);
    if (ran.exitCode === 0) return [[id.namespace, parseTable(ran.stdout)]];
    if (isNoSuchTable(ran.stderr)) return [[id.namespace, "absent"]];
    // A name that leads nowhere, or no longer anywhere, is said by the look at the namespace.
    const isGone = /^nsenter: (cannot open|reassociate)/.test(ran.stderr);
    if (needed && !isGone) throw new CommandFailed(argv, ran);
    return [];
  });
  return new Map(seen.flat());
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
