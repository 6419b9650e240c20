import { createHash } from "node:crypto";
import { access, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { CLI_VERSION } from "./version.js";

/** Where Pulumi publishes its releases, and beside each the SHA-256 of its archives. */
const RELEASES = "https://get.pulumi.com/releases/sdk";
/** Milliseconds for the first, small answer: where only package registries can be reached, this is what is lost. */
const FIRST_ANSWER_MS = 4_000;
/** Milliseconds for the archive, some 100 MB. */
const DOWNLOAD_MS = 600_000;

/** Why the official archive was not taken, as the end of a sentence. */
export class ReleaseUnavailable extends Error {
  override readonly name = "ReleaseUnavailable";
}

/**
 * Downloads the official archive of CLI_VERSION, checks it against the published SHA-256 and unpacks it into `into`.
 *
 * @throws ReleaseUnavailable when it cannot be had or its checksum differs; `into` may then hold a part of it.
 */
export async function installRelease(into: string): Promise<void> {
  const archive = `pulumi-v${CLI_VERSION}-${platform()}.tar.gz`;
  const sums = await download(`${RELEASES}/pulumi-${CLI_VERSION}-checksums.txt`, FIRST_ANSWER_MS);
  const wanted = checksumOf(archive, sums.toString("utf8"));
  const bytes = await download(`${RELEASES}/${archive}`, DOWNLOAD_MS);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== wanted) throw new ReleaseUnavailable(`${archive} has SHA-256 ${found}, but ${wanted} is published`);
  await unpack(bytes, archive, into);
}

/** The SHA-256 that `sums` (lines of `<hex>  <name>`) gives for `archive`. */
export function checksumOf(archive: string, sums: string): string {
  for (const line of sums.split("\n")) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === archive && sum !== undefined && /^[0-9a-f]{64}$/.test(sum)) return sum;
  }
  throw new ReleaseUnavailable(`its checksums do not name ${archive}`);
}

function platform(): string {
  if (process.arch !== "x64" && process.arch !== "arm64") {
    throw new ReleaseUnavailable(`there is none for ${process.arch}`);
  }
  return `${process.platform}-${process.arch}`;
}

async function download(url: string, timeout: number): Promise<Buffer> {
  const { hostname } = new URL(url);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
    if (!response.ok) throw new ReleaseUnavailable(`${hostname} answers ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    if (error instanceof ReleaseUnavailable) throw error;
    throw new ReleaseUnavailable(`${hostname} cannot be reached`, { cause: error });
  }
}

async function unpack(bytes: Buffer, archive: string, into: string): Promise<void> {
  const file = join(into, archive);
  await writeFile(file, bytes);
  await execa("tar", ["-xzf", file, "-C", into, "--strip-components=1"]);
  await rm(file);
  await access(join(into, "pulumi"));
}
