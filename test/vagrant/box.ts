import { dirname, basename, join } from "node:path";
import { cached } from "@overlaynet/tools/cache";
import { CACHE } from "../hosts/paths.js";
import { recipeDigest, runRecipe } from "../hosts/rootfs/recipe.js";
import { rootfs } from "../hosts/rootfs/rootfs.js";
import { VAGRANT_FOLDER } from "./paths.js";

/** The box's name and version, as Vagrant knows it. libvirt's volume is named after both. */
export const BOX = { name: "overlaynet/debian12", version: "1.0.0" } as const;

/** A box as Vagrant keeps it once added: box.img, metadata.json, Vagrantfile; here with the kernel, its initial RAM disk and a key. */
export interface Box {
  readonly folder: string;
  readonly kernel: string;
  readonly initrd: string;
  /** Lets root and vagrant into every machine made from this box. */
  readonly privateKeyPath: string;
}

/**
 * The box of the hosts' Debian tree, made when the cache has none for today's recipe (some twenty seconds, and a minute
 * for the tree).
 *
 * @throws with the recipe's last words when it cannot be made, and on anything but x86-64.
 */
export async function box(progress: (text: string) => void = () => undefined): Promise<Box> {
  if (process.arch !== "x64")
    throw new Error(`the Vagrant box is made for x86-64 only; this machine is ${process.arch}`);
  const tree = await rootfs(progress);
  const recipe = join(VAGRANT_FOLDER, "box");
  const name = `box-${await recipeDigest(recipe, basename(dirname(tree)))}`;
  const folder = await cached(CACHE, name, async (part) => {
    const start = Date.now();
    progress("making the Vagrant box (some twenty seconds, once)");
    await runRecipe(join(recipe, "build.sh"), [tree, part]);
    progress(`the Vagrant box is made (${Math.round((Date.now() - start) / 1000)} s)`);
  });
  const file = (name: string): string => join(folder, name);
  return { folder, kernel: file("vmlinuz"), initrd: file("initrd"), privateKeyPath: file("id_ed25519") };
}
