/** The files that make an SSH connection strict: the operator's key, and the only host keys that are believed. */
export interface Credentials {
  readonly privateKeyPath: string;
  readonly knownHostsPath: string;
  /** ssh_config(5) options laid over the others. */
  readonly options?: Readonly<Record<string, string>>;
}

/**
 * The ssh command for `target` (user@address) that reads no configuration of this machine, trusts no unknown host key
 * and asks nothing.
 *
 * @param line what the shell at the other side runs; a log-in shell when undefined.
 * @param terminal a terminal at the other side too, for people.
 */
export function sshCommand(
  credentials: Credentials,
  target: string,
  line: string | undefined,
  terminal: boolean,
): string[] {
  const options = {
    IdentityFile: credentials.privateKeyPath,
    IdentitiesOnly: "yes",
    UserKnownHostsFile: credentials.knownHostsPath,
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    BatchMode: "yes",
    ConnectTimeout: "5",
    LogLevel: "ERROR",
    ...credentials.options,
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return ["ssh", "-F", "none", ...flags, terminal ? "-t" : "-T", target, ...(line === undefined ? [] : ["--", line])];
}
