import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The checkout, seen from where this file is compiled to. */
const checkout = join(__dirname, "..", "..", "..");

/** Gives a program's folder the checkout's packages as they would be installed, under another version; everything else by links. */
export async function installVersion(folder: string, version: string): Promise<void> {
  const modules = join(folder, "node_modules");
  const scope = join(modules, "@overlaynet");
  await rm(modules, { recursive: true, force: true });
  await mkdir(scope, { recursive: true });
  for (const entry of await readdir(join(checkout, "node_modules"))) {
    if (entry === "overlaynet" || entry === "@overlaynet") continue;
    await symlink(join(checkout, "node_modules", entry), join(modules, entry));
  }
  await cp(join(checkout, "sdk"), join(modules, "overlaynet"), { recursive: true });
  for (const name of ["core", "provider", "agent"]) {
    await cp(join(checkout, name), join(scope, name), { recursive: true });
  }
  for (const file of ["dist/artifacts/version.js", "build/overlaynet.cjs"]) {
    const path = join(scope, "agent", file);
    const text = await readFile(path, "utf8");
    const changed = text.replace(/(agentVersion = )"[^"]+"/g, `$1"${version}"`);
    if (changed === text) throw new Error(`${path} names no version`);
    await writeFile(path, changed);
  }
}
