import { access, chmod, copyFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { cached, cacheHome, note } from "../cache.js";
import { buildFromGoModules } from "./go-build.js";
import { installRelease, ReleaseUnavailable } from "./release.js";
import { CLI_VERSION, fits } from "./version.js";

const TOOLS = join(__dirname, "..", "..");
/** In the cached folder: how the programs in it came there. */
const ORIGIN = "origin";

/** A Pulumi CLI that fits. */
export interface PulumiCli {
  /** The folder with `pulumi`, its Node.js language host and its dynamic provider; to be put first on PATH. */
  readonly bin: string;
  /** One sentence: which one it is, and why. */
  readonly sentence: string;
}

/**
 * Finds or makes a Pulumi CLI. In order: the one on PATH when its version fits; the official release archive, checked
 * against its published checksum; a build from the Go modules beside this folder. The last two are kept in the user's cache.
 *
 * @param progress told before anything that takes long.
 */
export async function ensurePulumi(progress: (text: string) => void = () => undefined): Promise<PulumiCli> {
  const onPath = await findOnPath();
  if (onPath !== undefined) return onPath;
  const bin = await cached(cacheHome(), `pulumi-${CLI_VERSION}`, async (folder) => {
    const origin = await install(folder, progress);
    await addDynamicProvider(folder);
    await writeFile(join(folder, ORIGIN), `${origin}\n`);
  });
  return { bin, sentence: `Pulumi ${CLI_VERSION} in ${bin}: ${await note(bin, ORIGIN)}.` };
}

async function findOnPath(): Promise<PulumiCli | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const folder of folders) {
    if (folder === "" || !(await exists(join(folder, "pulumi")))) continue;
    const env = { PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { exitCode, stdout } = await execa(join(folder, "pulumi"), ["version"], {
      env,
      reject: false,
      stdin: "ignore",
    });
    const whole = await Promise.all(
      ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"].map((name) => exists(join(folder, name))),
    );
    // Only the first one counts: it is what a shell would run.
    if (exitCode !== 0 || !fits(stdout) || whole.includes(false)) return undefined;
    return { bin: folder, sentence: `Pulumi ${stdout.trim()} from PATH, in ${folder}.` };
  }
  return undefined;
}

async function install(folder: string, progress: (text: string) => void): Promise<string> {
  try {
    await installRelease(folder);
    return "the official release archive, its checksum verified";
  } catch (error) {
    if (!(error instanceof ReleaseUnavailable)) throw error;
    progress(`no official Pulumi archive (${error.message}): building it from Go modules, some five minutes`);
    await buildFromGoModules(TOOLS, folder);
    return `built from Go modules, because the official archive was not to be had (${error.message})`;
  }
}

/** The script that starts a dynamic provider comes with the npm package; the engine looks for it beside `pulumi`. */
async function addDynamicProvider(folder: string): Promise<void> {
  const name = "pulumi-resource-pulumi-nodejs";
  const from = join(dirname(require.resolve("@pulumi/pulumi/package.json")), name);
  await copyFile(from, join(folder, name));
  await chmod(join(folder, name), 0o755);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
