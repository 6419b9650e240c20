import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "./poll.js";

/** Makes a cgroup and its leaves: processes live in leaves only. */
export async function makeCgroup(path: string, leaves: readonly string[]): Promise<void> {
  await mkdir(path);
  for (const leaf of leaves) await mkdir(join(path, leaf));
}

/** The processes directly in a cgroup; none when it does not exist. */
export async function processesOf(path: string): Promise<number[]> {
  try {
    return (await readFile(join(path, "cgroup.procs"), "utf8")).split("\n").filter(Boolean).map(Number);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Seconds of processor time that what is or was in a cgroup has used. */
export async function processorSeconds(path: string): Promise<number> {
  const stat = await readFile(join(path, "cpu.stat"), "utf8");
  return Number(/^usage_usec (\d+)$/m.exec(stat)?.[1]) / 1e6;
}

/** Ends every process in a cgroup and below, and waits until they are gone. The cgroup stays. */
export async function killCgroup(path: string): Promise<void> {
  await writeFile(join(path, "cgroup.kill"), "1");
  const empty = async (): Promise<boolean> =>
    (await readFile(join(path, "cgroup.events"), "utf8")).includes("populated 0");
  await until(`${path} has no processes`, empty, { within: 20_000, every: 10 });
}

/** Ends every process in a cgroup and below, and removes it. Nothing happens when it does not exist. */
export async function removeCgroup(path: string): Promise<void> {
  // A child of a killed process may have entered it after the kill: then it cannot be removed, and is killed again.
  await until(`${path} is removed`, async () => (await tryRemove(path)) || undefined, { within: 20_000, every: 10 });
}

async function tryRemove(path: string): Promise<boolean> {
  if (!existsSync(path)) return true;
  try {
    await killCgroup(path);
    await removeTree(path);
    return true;
  } catch (error) {
    if (isGone(error) || (error as NodeJS.ErrnoException).code === "EBUSY") return false;
    throw error;
  }
}

/** Files of a cgroup cannot be removed, and need not be: rmdir takes them along. */
async function removeTree(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(join(path, entry.name));
  }
  await rmdir(path);
}

/** ENODEV is what an open file of a removed cgroup answers. */
function isGone(error: unknown): boolean {
  return ["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "");
}
