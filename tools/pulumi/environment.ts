import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ensurePulumi } from "./install.js";

/**
 * The environment for a Pulumi that keeps everything in `stateDir` and asks nobody on the network: to be laid over the
 * process's own. The folder is made (mode 0700), with a backend in it and a passphrase that is made once and never printed.
 */
export async function pulumiEnvironment(stateDir: string): Promise<Record<string, string>> {
  const { bin } = await ensurePulumi();
  const state = resolve(stateDir);
  const home = join(state, "home");
  const backend = join(state, "backend");
  await mkdir(state, { recursive: true, mode: 0o700 });
  await mkdir(home, { recursive: true });
  await mkdir(backend, { recursive: true });
  return {
    PATH: [bin, process.env["PATH"] ?? ""].join(delimiter),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE_FILE: await passphraseFile(state),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

async function passphraseFile(state: string): Promise<string> {
  const file = join(state, "passphrase");
  try {
    await writeFile(file, randomBytes(24).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return file;
}
