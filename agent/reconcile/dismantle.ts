import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Desired } from "@overlaynet/core";
import { isErrno, namesIn, removeWhenEmpty } from "../store/atomic.js";
import { installedByFile, overlayRun, overlayState, type Paths } from "../store/paths.js";
import type { Host } from "./host.js";
import { removeAllRecords } from "./records.js";
import { planStructure, runStructure, type Wanted } from "./structure.js";

/**
 * Takes an overlay off this host: the resolver first, then the VXLAN device and the namespaces (the plan's order), then records, state and run-time files.
 * Every namespace with a name is looked at, so what an interrupted run left behind goes, too.
 *
 * @throws Error a sentence; the desired files are still there then, and doing it again finishes it
 */
export async function dismantle(host: Host, overlay: string, previous: readonly Desired[]): Promise<void> {
  await host.units.remove(overlay);
  const wanted: Wanted = { overlay, desired: [], previous, adopt: new Set(), scope: "all", unreadable: [] };
  const { failures } = await runStructure(host, wanted, await planStructure(host, wanted));
  if (failures.size > 0) throw new Error([...new Set(failures.values())].join("; "));
  removeAllRecords(host.paths, overlay);
  // The desired files go last: until then a run that is interrupted can be repeated.
  rmSync(overlayRun(host.paths, overlay), { recursive: true, force: true });
  rmSync(join(host.paths.resolverRun, overlay), { recursive: true, force: true });
  removeState(overlayState(host.paths, overlay));
}

/**
 * To be called at the end of whatever was done under the lock: on a host without an overlay nothing of ours stays. The lock's own file goes as well; who waits for it
 * notices (see host-lock).
 *
 * @param agent whether the agent itself is to go too, unless an administrator installed it, or another provider puts one there at this moment. A process that runs from the removed files goes on to its end.
 * @returns whether the agent was removed
 */
export async function leaveHost(host: Host, agent: boolean): Promise<boolean> {
  const { paths } = host;
  if (host.store.overlays().length > 0) return false;
  await host.units.uninstall();
  removeWhenEmpty(paths.state);
  removeWhenEmpty(paths.resolverRun);
  rmSync(paths.run, { recursive: true, force: true });
  if (!agent || isAdministrators(paths) || isBeingInstalled(paths)) return false;
  rmSync(paths.bin, { force: true });
  rmSync(paths.lib, { recursive: true, force: true });
  return true;
}

/** Whether a provider's upload runs, by the name that provider/install/put.ts gives it. It brings what would be removed, and its own session sees to the end of it. */
function isBeingInstalled({ proc }: Paths): boolean {
  return namesIn(proc)
    .filter((name) => /^\d+$/.test(name))
    .some((name) => commandLine(join(proc, name, "cmdline")).includes("\0overlaynet-install\0"));
}

function commandLine(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // It has ended.
    if (isErrno(error, "ENOENT", "ESRCH")) return "";
    throw error;
  }
}

function isAdministrators(paths: Paths): boolean {
  try {
    return readFileSync(installedByFile(paths), "utf8").includes("administrator");
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

/** Removes the overlay's folder but what people put into its records: a storage folder of ours with their files in it stays. */
function removeState(folder: string): void {
  for (const name of namesIn(folder)) {
    if (name !== "records") rmSync(join(folder, name), { recursive: true, force: true });
  }
  removeWhenEmpty(folder);
  removeWhenEmpty(dirname(folder));
}
