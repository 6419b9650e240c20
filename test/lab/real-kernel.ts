import { spawnSync } from "node:child_process";
import {
  argvOf,
  type Batch,
  type FilterId,
  isNoSuchTable,
  type KernelObject,
  type Look,
  namesCommand,
  namespaceCommands,
  namespacesOf,
  type Observation,
  type ObserveCommand,
  parseNamespace,
  parseNamespaceNames,
  parseTable,
  rootNamespace,
  stdinOf,
  tableCommand,
  type Tables,
} from "@overlaynet/core";
import type { Ran } from "../model-kernel/kernel.js";

/**
 * This machine's kernel, in namespaces whose names begin with a prefix. Commands run from a namespace that stands for the root one, so that
 * sockets and VNIs of VXLAN devices meet nobody else's.
 */
export class RealKernel {
  readonly #prefix: string;
  readonly #root: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#root = `${prefix}host`;
    must(this.#spawn(["ip", "netns", "add", this.#root], ""));
  }

  run(batch: Batch): Ran {
    const { stderr, status } = this.#inRoot({ argv: argvOf(batch), stdin: stdinOf(batch) });
    return { stderr, exitCode: status };
  }

  /** The names of all namespaces made here, but for the root's. */
  names(): string[] {
    const all = parseNamespaceNames(must(this.#inRoot(namesCommand)));
    return all.filter((name) => name.startsWith(this.#prefix) && name !== this.#root).sort();
  }

  /** Looks at all that was made here; those of the objects' namespaces that are not there are absent. */
  observe(objects: readonly KernelObject[] = []): Observation {
    const names = this.names();
    const absent = namespacesOf(objects).filter((name) => !names.includes(name));
    return new Map<string, Look>([
      ...absent.map((name) => [name, "absent"] as const),
      ...names.map((name) => [name, this.#observe(name)] as const),
    ]);
  }

  /** Looks at the tables of those namespaces that are there. */
  tables(asked: readonly FilterId[]): Tables {
    const names: readonly string[] = [rootNamespace, ...this.names()];
    return new Map(
      asked
        .filter(({ namespace }) => names.includes(namespace))
        .map((id) => {
          const shown = this.#inRoot(tableCommand(id));
          return [id.namespace, isNoSuchTable(shown.stderr) ? "absent" : parseTable(must(shown))] as const;
        }),
    );
  }

  /** Leaves nothing. */
  remove(): void {
    for (const name of this.names()) must(this.#spawn(["ip", "netns", "delete", name], ""));
    must(this.#spawn(["ip", "netns", "delete", this.#root], ""));
  }

  #observe(name: string): Look {
    const { ip, bridge } = namespaceCommands(name, { portEntries: true });
    return parseNamespace(must(this.#inRoot(ip)), bridge === undefined ? "" : must(this.#inRoot(bridge)));
  }

  #inRoot({ argv, stdin }: ObserveCommand): Spawned {
    return this.#spawn(["nsenter", `--net=/run/netns/${this.#root}`, ...argv], stdin);
  }

  #spawn([program = "", ...args]: readonly string[], input: string): Spawned {
    const { stdout, stderr, status } = spawnSync(program, args, {
      input,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
    return { stdout, stderr, status: status ?? -1 };
  }
}

interface Spawned {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

function must({ stdout, stderr, status }: Spawned): string {
  if (status !== 0) throw new Error(`exit status ${status}: ${stderr}`);
  return stdout;
}
