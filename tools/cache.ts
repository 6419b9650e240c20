import { mkdir, mkdtemp, readFile, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { withLock } from "./lock.js";

/** Folder for what is made once per user and may be removed at any time. */
export function cacheHome(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment["XDG_CACHE_HOME"];
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "overlaynet");
}

/**
 * The folder `<home>/<name>`, filled by `fill` when it is missing. It appears whole or not at all, and two callers at
 * once fill it once. What a killed caller left behind is removed.
 */
export async function cached(home: string, name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(home, name);
  if (await exists(folder)) return folder;
  return withLock(join(home, `${name}.lock`), async () => {
    if (await exists(folder)) return folder;
    await mkdir(home, { recursive: true });
    const prefix = `.${name}-`;
    for (const entry of await readdir(home)) {
      if (entry.startsWith(prefix)) await rm(join(home, entry), { recursive: true, force: true });
    }
    const part = await mkdtemp(join(home, prefix));
    try {
      await fill(part);
      await rename(part, folder);
    } catch (error) {
      await rm(part, { recursive: true, force: true });
      throw error;
    }
    return folder;
  });
}

async function exists(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    () => false,
  );
}

/** The text of a small file in a cached folder. */
export async function note(folder: string, name: string): Promise<string> {
  return (await readFile(join(folder, name), "utf8")).trim();
}
