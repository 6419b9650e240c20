import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VagrantFleet } from "./fleet.js";
import type { Machine } from "./machine.js";
import { EVIDENCE_FOLDER } from "./paths.js";

/** Milliseconds for one machine to tell what it knows. */
const PATIENCE = 60_000;

/** What a person would type to see why a machine does not do what it should. */
const NETWORK = `
look() { echo "--- $1"; shift; "$@" ip -d addr; "$@" ip route; "$@" ip neigh; "$@" bridge fdb; "$@" nft list ruleset; "$@" tc -s qdisc; }
date; uptime; uname -a; ip netns list; lsmod
look host env
for name in $(ip netns list | cut -d' ' -f1); do look "$name" ip netns exec "$name"; done
systemctl --no-pager --failed
systemctl --no-pager list-units --all 'overlaynet*'
systemctl --no-pager status 'overlaynet*'
find /var/lib/overlaynet /run/overlaynet -type f -exec tail -n +1 {} +
`;

/**
 * Keeps what is known of a failure, as files: what went wrong, and of each machine its journal, its network and its console.
 *
 * @param what names the folder: the failed test's title.
 * @returns the folder.
 */
export async function keepEvidence(fleet: VagrantFleet, what: string, error: Error | undefined): Promise<string> {
  const folder = join(EVIDENCE_FOLDER, what.replace(/[^A-Za-z0-9]+/g, "-").slice(0, 80));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "error.txt"), `${error?.stack ?? "unknown"}\n`);
  await Promise.all(fleet.hosts.map((host) => keep(host, folder)));
  return folder;
}

async function keep(machine: Machine, folder: string): Promise<void> {
  const file = (name: string): string => join(folder, `${machine.name}-${name}.txt`);
  await writeFile(file("console"), await machine.console());
  const journal = await machine.ssh(["journalctl", "--no-pager", "--boot"], { reject: false, timeout: PATIENCE });
  await writeFile(file("journal"), `${journal.stdout}\n${journal.stderr}`);
  // Not stopped by a command that fails: some always do.
  const network = await machine.ssh(["bash", "-s"], { input: NETWORK, reject: false, timeout: PATIENCE });
  await writeFile(file("network"), `${network.stdout}\n${network.stderr}`);
}
