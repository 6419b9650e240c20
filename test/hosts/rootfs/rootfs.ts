import { join } from "node:path";
import { cached } from "@overlaynet/tools/cache";
import { CACHE, HOSTS_SOURCE } from "../paths.js";
import { recipeDigest, runRecipe } from "./recipe.js";

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
  const name = `rootfs-${await recipeDigest(RECIPE)}`;
  const folder = await cached(CACHE, name, async (part) => {
    const start = Date.now();
    progress("making the hosts' file system (about a minute, once)");
    await runRecipe(join(RECIPE, "build.sh"), [join(part, "tree")]);
    progress(`the hosts' file system is made (${Math.round((Date.now() - start) / 1000)} s)`);
  });
  return join(folder, "tree");
}
