import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/**
 * A digest of a recipe: every file below `folder` but TypeScript, and what else the result depends on.
 *
 * @returns twelve hexadecimal digits.
 */
export async function recipeDigest(folder: string, ...more: readonly string[]): Promise<string> {
  const digest = createHash("sha256").update(process.arch);
  for (const text of more) digest.update(`\0${text}`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    if (!file.endsWith(".ts")) digest.update(file.slice(folder.length + 1)).update(await readFile(file));
  }
  return digest.digest("hex").slice(0, 12);
}

/**
 * Runs a recipe's script in a mount and a PID namespace of its own and bound to our life: killed, it leaves no mount and
 * no process.
 */
export async function runRecipe(script: string, args: readonly string[]): Promise<void> {
  const enclosed = ["--pdeathsig", "KILL", "unshare", "--mount", "--mount-proc", "--pid", "--fork", "--kill-child"];
  await execa("setpriv", [...enclosed, script, ...args], { stdin: "ignore" });
}
