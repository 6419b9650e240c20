import { join } from "node:path";

/** Where things are on a host. Tests put everything under a folder of their own. */
export interface Paths {
  /** What survives a reboot: desired state and records. */
  readonly state: string;
  /** What does not: the lock, links to namespaces, the resolver's configuration. */
  readonly run: string;
  /** Run-time folders that systemd makes for the resolvers' unprivileged users. */
  readonly resolverRun: string;
  /** systemd's folder for an administrator's units. */
  readonly units: string;
  /** The executable, a link to the newest agent. */
  readonly bin: string;
  /** Runtimes and agents, each in a folder named by its digest. */
  readonly lib: string;
  /** Where iproute2 keeps the names of network namespaces. */
  readonly netns: string;
  /** The processes. */
  readonly proc: string;
}

/** The paths of a real host, or the same tree under another root. */
export function pathsUnder(root: string): Paths {
  return {
    state: join(root, "var/lib/overlaynet"),
    run: join(root, "run/overlaynet"),
    resolverRun: join(root, "run/overlaynet-resolver"),
    units: join(root, "etc/systemd/system"),
    bin: join(root, "usr/local/bin/overlaynet"),
    lib: join(root, "usr/local/lib/overlaynet"),
    netns: join(root, "run/netns"),
    proc: join(root, "proc"),
  };
}

export const hostPaths: Paths = pathsUnder("/");

/** Desired state and records of one overlay. */
export function overlayState(paths: Paths, overlay: string): string {
  return join(paths.state, overlay);
}

export function desiredFolder(paths: Paths, overlay: string): string {
  return join(overlayState(paths, overlay), "desired");
}

/** The overlay's run-time folder, made by root: the unprivileged resolver only reads it. */
export function overlayRun(paths: Paths, overlay: string): string {
  return join(paths.run, overlay);
}

/** The link that the resolver's unit enters the overlay's namespace by. */
export function namespaceLink(paths: Paths, overlay: string): string {
  return join(overlayRun(paths, overlay), "netns");
}

export function resolverConfigFile(paths: Paths, overlay: string): string {
  return join(overlayRun(paths, overlay), "resolver.json");
}

export function lockFile(paths: Paths): string {
  return join(paths.run, "lock");
}

/** Says who put the agent on the host: one that an administrator installed is never removed with the last overlay. */
export function installedByFile(paths: Paths): string {
  return join(paths.lib, "installed-by");
}
