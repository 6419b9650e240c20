import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create } from "tar";

/**
 * Writes files as one archive, tar and gzip, below a folder of its own, for its owner alone: it names machines and addresses.
 *
 * @throws Error when there is a file of that name already, or it cannot be written
 */
export async function pack(archive: string, folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), "overlaynet-report-"));
  try {
    for (const [name, text] of files) {
      const path = join(place, folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    const whole = await create({ gzip: true, cwd: place, portable: true }, [folder]).concat();
    await writeFile(archive, whole, { flag: "wx", mode: 0o600 });
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
