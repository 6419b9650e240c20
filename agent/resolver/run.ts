import { statSync } from "node:fs";
import { ControlServer } from "./control.js";
import { ResolverDaemon, ResolverStopped } from "./daemon.js";
import type { Exposition } from "./exposition.js";
import { keepWatchdog, tellManager } from "./manager.js";
import { releaseRuntimeCode } from "./runtime-code.js";

export { ResolverStopped } from "./daemon.js";

export interface ResolverOptions {
  /** The overlay's resolver.json. */
  readonly configPath: string;
  /** Where to listen for those who look and those who wrote records (client.ts). */
  readonly socketPath: string;
  /** The name of the namespace that this process was started in; when it stands for another the resolver stops. Not watched when absent. */
  readonly namespacePath?: string;
  /** One line, for people; to stderr when absent. */
  readonly log?: (line: string) => void;
  /** False leaves containers waiting for their own next request, to measure what answering them brings. */
  readonly announce?: boolean;
}

/** A namespace's name is looked at this often, in milliseconds: deleting it tells nobody, and a process inside keeps it alive. */
const namespaceInterval = 2000;

/**
 * The miss daemon of one overlay, run inside the overlay's namespace until SIGTERM or SIGINT. SIGHUP reads configuration and records anew.
 * Entries are left as they are at the end: known peers keep talking while no resolver runs.
 *
 * @throws ResolverStopped when there is no device at the start, one goes away or is renamed, the namespace's name stands for another one,
 *   or the configuration names other devices; Error with a sentence for what cannot be read or listened on
 */
export async function runResolver(options: ResolverOptions): Promise<void> {
  const log = options.log ?? ((line) => process.stderr.write(`${line}\n`));
  checkNamespace(options.namespacePath);
  let end: () => void = () => undefined;
  let fail: (error: ResolverStopped) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const daemon = new ResolverDaemon({
    configPath: options.configPath,
    log,
    stopped: fail,
    announce: options.announce ?? true,
  });
  const reload = (): void => {
    reloadNow(daemon, log);
  };
  const timers = [keepWatchdog(), watchNamespace(options.namespacePath, fail)];
  let control: ControlServer | undefined;
  process.on("SIGTERM", end).on("SIGINT", end).on("SIGHUP", reload);
  try {
    control = await ControlServer.listen(options.socketPath, {
      sync: () => daemon.syncNow("request"),
      status: () => daemon.status,
      metrics: metricsOf(daemon),
      listen: daemon.listen,
    });
    daemon.run();
    const story = storyOf(daemon);
    log(story);
    releaseRuntimeCode();
    tellManager("READY=1", `STATUS=${story}`);
    await ended;
    log("stopped; the entries stay");
  } finally {
    tellManager("STOPPING=1");
    process.off("SIGTERM", end).off("SIGINT", end).off("SIGHUP", reload);
    timers.forEach(clearInterval);
    control?.close();
    daemon.close();
  }
}

function reloadNow(daemon: ResolverDaemon, log: (line: string) => void): void {
  try {
    daemon.syncNow("reload");
    log(`reloaded: ${storyOf(daemon)}`);
  } catch (error) {
    log(`reload failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function storyOf(daemon: ResolverDaemon): string {
  const { config, records, sync } = daemon.status;
  const manner = config.resolve === "push" ? "pushed" : "answered when asked for";
  return (
    `overlay ${config.overlay}, VNI ${config.vni}, ${config.device}: ${records.arp} addresses of ${records.fdb} MACs on record, ${manner}; ` +
    `the kernel holds ${sync.neighbours} neighbours and ${sync.forwarding} forwarding entries of them ` +
    `(${sync.added} added, ${sync.changed} changed, ${sync.removed} removed, ${sync.failed} refused)`
  );
}

/** The metrics library is the size of half a resolver, and is loaded when somebody first asks. */
function metricsOf(daemon: ResolverDaemon): () => Promise<{ contentType: string; text: string }> {
  let loading: Promise<Exposition> | undefined;
  return async () => {
    loading ??= import("./exposition.js").then(
      ({ Exposition }) => new Exposition(daemon.counters, () => daemon.status),
    );
    const exposition = await loading;
    return { contentType: exposition.contentType, text: await exposition.render() };
  };
}

function watchNamespace(
  path: string | undefined,
  stopped: (error: ResolverStopped) => void,
): NodeJS.Timeout | undefined {
  if (path === undefined) return undefined;
  return setInterval(() => {
    try {
      checkNamespace(path);
    } catch (error) {
      if (!(error instanceof ResolverStopped)) throw error;
      stopped(error);
    }
  }, namespaceInterval);
}

/** A process stays in a namespace whose name was deleted or given to a new one, and would serve a device that nobody can reach. */
function checkNamespace(path: string | undefined): void {
  if (path === undefined) return;
  const own = statSync("/proc/self/ns/net");
  const named = statSync(path, { throwIfNoEntry: false });
  if (named === undefined) throw new ResolverStopped(`the namespace ${path} is gone`);
  if (named.ino !== own.ino || named.dev !== own.dev) {
    throw new ResolverStopped(`${path} stands for another namespace than the one this resolver runs in`);
  }
}
