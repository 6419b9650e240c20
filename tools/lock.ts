import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { execa } from "execa";

/**
 * Runs `work` while holding an exclusive lock on the file `path`, which is made when missing and stays.
 *
 * The lock is flock(2)'s, held by a child that lives no longer than this process: after a kill -9 it is free.
 * @throws what `work` throws, or an error naming `path` when the lock cannot be had.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  // The child says so when it has the lock, then reads until our end of its standard input closes.
  const holder = execa("flock", [path, "sh", "-c", "echo locked; exec cat >/dev/null"], { reject: false });
  const locked = await new Promise<boolean>((resolve) => {
    holder.stdout.once("data", () => {
      resolve(true);
    });
    holder.once("error", () => {
      resolve(false);
    });
    holder.once("exit", () => {
      resolve(false);
    });
  });
  if (!locked) throw new Error(`cannot lock ${path}: ${(await holder).stderr || "flock(1) did not run"}`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await holder;
  }
}
