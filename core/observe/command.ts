/** One process to run on the host, with LC_ALL=C. */
export interface ObserveCommand {
  readonly argv: readonly string[];
  readonly stdin: string;
}

/** The commands that show one namespace; their outputs go to `parseNamespace`. */
export interface NamespaceCommands {
  /** Fails with a message for which `isNoSuchNamespace` is true when there is none of this name. */
  readonly ip: ObserveCommand;
  /** The bridge's static entries; only where ports are, in an overlay's namespace. */
  readonly bridge?: ObserveCommand;
}

/** What a batch is to show of a namespace, by the tool that reads it: a process that works there can show it as well, after its work. */
export const lookLines: Readonly<Record<"ip" | "bridge", readonly string[]>> = {
  ip: ["address show", "route show default", "netns list-id"],
  // "dynamic" means not permanent: static entries are among them, the resolver's (up to tens of thousands) and devices' own are not (bridge/fdb.c).
  bridge: ["fdb show dynamic"],
};

/** How both tools have to write what is read. */
export const lookOptions: Readonly<Record<"ip" | "bridge", readonly string[]>> = {
  ip: ["-j", "-d", "-N"],
  bridge: ["-j"],
};

/**
 * How to observe a namespace: one process for links, addresses, default route and the names of the namespaces that peers are in (a batch writes one JSON text
 * per line), one more for port entries. Numbers are asked for (`-N`), since names of protocols and groups are the host's to choose.
 *
 * @param namespace a name in /run/netns, or `rootNamespace`
 */
export function namespaceCommands(namespace: string, options: { readonly portEntries: boolean }): NamespaceCommands {
  const inside = namespace === "" ? [] : ["-n", namespace];
  const ip = {
    argv: ["ip", ...inside, ...lookOptions.ip, "-batch", "-"],
    stdin: lookLines.ip.map((line) => `${line}\n`).join(""),
  };
  if (!options.portEntries) return { ip };
  const show = lookLines.bridge.flatMap((line) => line.split(" "));
  return { ip, bridge: { argv: ["bridge", ...inside, ...lookOptions.bridge, ...show], stdin: "" } };
}

/** Lists the names in /run/netns; its output goes to `parseNamespaceNames`. */
export const namesCommand: ObserveCommand = { argv: ["ip", "-j", "netns", "list"], stdin: "" };

/** Whether this is what `ip` or `bridge` writes when the name leads to no namespace. */
export function isDeadNamespace(stderr: string): boolean {
  return /^setting the network namespace "[^"]*" failed: Invalid argument$/m.test(stderr);
}

/** Whether this is what they write when there is no such name. */
export function isNoSuchNamespace(stderr: string): boolean {
  return /^Cannot open network namespace "[^"]*": No such file or directory$/m.test(stderr);
}
