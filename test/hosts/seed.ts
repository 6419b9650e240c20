import { createHash } from "node:crypto";
import { chmod, chown, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./command.js";
import { type Place } from "./names.js";

/** The user `vagrant` in the hosts' tree. */
const VAGRANT = 1000;

/** Makes the operator's key pair at `path` and `path`.pub. */
export async function makeKey(path: string, comment: string): Promise<void> {
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path]);
}

/**
 * Writes what makes a host itself, below `folder`/seed, to be laid over the common tree: its names, its machine-id, its
 * own host key, and the operator's public key for root and vagrant. It also gets its console and the pipe of its power switch.
 *
 * @returns the public host key, `ssh-ed25519 AAAA…`.
 */
export async function seedHost(folder: string, lab: string, place: Place, operatorKey: string): Promise<string> {
  const seed = join(folder, "seed");
  const home = join(seed, "home", "vagrant");
  await mkdir(join(seed, "etc", "ssh"), { recursive: true });
  for (const [directory, owner] of [
    [join(seed, "root"), 0],
    [home, VAGRANT],
  ] as const) {
    const ssh = join(directory, ".ssh");
    await mkdir(ssh, { recursive: true });
    await copyFile(operatorKey, join(ssh, "authorized_keys"));
    await chmod(join(ssh, "authorized_keys"), 0o600);
    for (const path of [directory, ssh]) await chmod(path, 0o700);
    for (const path of [directory, ssh, join(ssh, "authorized_keys")]) await chown(path, owner, owner);
  }
  await writeFile(join(seed, "etc", "hostname"), `${place.name}\n`);
  await writeFile(join(seed, "etc", "hosts"), `127.0.0.1 localhost\n127.0.1.1 ${place.name}\n`);
  // With a machine-id a boot is no first boot, and the journal stays in one place.
  const machineId = createHash("md5").update(`${lab}-${place.name}`).digest("hex");
  await writeFile(join(seed, "etc", "machine-id"), `${machineId}\n`);
  const hostKey = join(seed, "etc", "ssh", "ssh_host_ed25519_key");
  await makeKey(hostKey, place.name);
  await writeFile(join(folder, "octet"), `${place.octet}\n`);
  await run(["mkfifo", "-m", "600", join(folder, "power")]);
  const [type, key] = (await readFile(`${hostKey}.pub`, "utf8")).split(" ");
  return `${type ?? ""} ${key ?? ""}`;
}
