import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** One file of one published npm package, pinned twice: the archive by the registry's integrity, the file by its own digest. */
export interface PinnedFile {
  readonly package: string;
  readonly version: string;
  /** `dist.integrity` of the package: sha512, base64. */
  readonly integrity: string;
  /** The file's path inside the archive. */
  readonly file: string;
  /** sha256 of the file, in hex. */
  readonly sha256: string;
}

/** Says what takes long, in a line for people. */
export type Progress = (line: string) => void;

/** Where what was fetched is kept between runs: `$XDG_CACHE_HOME/overlaynet`, by default `~/.cache/overlaynet`. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "overlaynet");
}

/**
 * Fetches the pinned file with the operator's own npm and its registry settings, checks both digests, and hands it to `keep`, which
 * moves it to where it belongs. Not an npm dependency, because npm installs no package made for another processor.
 *
 * @throws Error naming the package when npm cannot fetch it, or what was fetched is not what was pinned
 */
export async function fetchPinned(
  pinned: PinnedFile,
  keep: (path: string) => Promise<void>,
  progress: Progress,
): Promise<void> {
  const name = `${pinned.package}@${pinned.version}`;
  await mkdir(cacheFolder(), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder(), ".fetch-"));
  try {
    progress(`fetching ${name} from the npm registry`);
    const stdout = await npmPack(name, folder);
    const archive = join(folder, archiveName(stdout, name));
    const integrity = `sha512-${createHash("sha512")
      .update(await readFile(archive))
      .digest("base64")}`;
    if (integrity !== pinned.integrity) {
      throw new Error(
        `${name}: the archive's integrity is ${integrity}, expected ${pinned.integrity}; nothing was kept`,
      );
    }
    await execa("tar", ["-xzf", archive, "-C", folder, pinned.file]);
    const path = join(folder, pinned.file);
    const sha256 = await sha256OfFile(path);
    if (sha256 !== pinned.sha256) {
      throw new Error(`${name}: sha256 of ${pinned.file} is ${sha256}, expected ${pinned.sha256}; nothing was kept`);
    }
    await keep(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Bounded, because npm waits minutes for a registry that does not answer, and somebody waits for `pulumi up`. */
async function npmPack(name: string, folder: string): Promise<string> {
  const patience = [
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=1000",
    "--fetch-timeout=20000",
  ];
  const argv = ["pack", name, "--json", "--pack-destination", folder, ...patience];
  try {
    return (await execa("npm", argv, { cwd: folder, timeout: 600_000 })).stdout;
  } catch (error) {
    throw new Error(
      `npm cannot fetch ${name}, which hosts need; see that this machine reaches its npm registry, or run \`npm run fetch -w @overlaynet/agent\` where it does`,
      { cause: error },
    );
  }
}

/** The sha256 of a file, in hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Moves a finished file into the cache; of two that made the same one the later replaces the earlier by the same bytes. */
export async function keepAs(from: string, to: string): Promise<void> {
  await mkdir(join(to, ".."), { recursive: true });
  await rename(from, to);
}

/** npm 11 and earlier print an array, later ones may print an object by package name. */
function archiveName(json: string, name: string): string {
  const printed = JSON.parse(json) as { filename?: unknown }[] | Record<string, { filename?: unknown }>;
  const filename = Object.values(printed)[0]?.filename;
  if (typeof filename !== "string") throw new Error(`${name}: npm pack did not say which file it wrote`);
  return filename.replace(/^@/, "").replaceAll("/", "-");
}
