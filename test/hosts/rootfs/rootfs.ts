import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "@overlaynet/tools/cache";
import { execa } from "execa";
import { CACHE, HOSTS_SOURCE } from "../paths.js";

const RECIPE = join(HOSTS_SOURCE, "rootfs");

/**
 * The Debian 12 tree that lab hosts and the Vagrant box start from, made when the cache has none for today's recipe
 * (about a minute, with a Debian mirror). Nobody may write into it.
 *
 * @param progress told before and after it is made.
 * @returns the tree's folder; its name holds the recipe's digest, so whatever is made from it can be keyed by that name.
 * @throws with mmdebstrap's last words when it cannot be made.
 */
export async function rootfs(progress: (text: string) => void = () => undefined): Promise<string> {
  const name = `rootfs-${await recipeDigest()}`;
  const folder = await cached(CACHE, name, async (part) => {
    const start = Date.now();
    progress("making the hosts' file system (about a minute, once)");
    await build(join(part, "tree"));
    progress(`the hosts' file system is made (${Math.round((Date.now() - start) / 1000)} s)`);
  });
  return join(folder, "tree");
}

/** In namespaces of its own and bound to our life: killed, it leaves no mount and no process. */
async function build(tree: string): Promise<void> {
  const enclosed = ["--pdeathsig", "KILL", "unshare", "--mount", "--mount-proc", "--pid", "--fork", "--kill-child"];
  await execa("setpriv", [...enclosed, join(RECIPE, "build.sh"), tree], { stdin: "ignore" });
}

async function recipeDigest(): Promise<string> {
  const digest = createHash("sha256").update(process.arch);
  for (const file of (await readdir(RECIPE)).sort()) {
    if (!file.endsWith(".ts")) digest.update(file).update(await readFile(join(RECIPE, file)));
  }
  return digest.digest("hex").slice(0, 12);
}
