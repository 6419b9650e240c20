import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The sources of this folder: what is not TypeScript stays there. */
export const HOSTS_SOURCE = join(__dirname, "..", "..", "hosts");

/** What is made once per machine: file systems, and one lock file for each name of a lab. */
export const CACHE = "/var/cache/overlaynet";

/** One folder for each lab that is up. */
const STATE = "/var/tmp";
const PREFIX = "overlaynet-lab.";

/**
 * Where a lab keeps its things: a state folder, and a cgroup that holds every process it starts.
 *
 * @throws when the name does not fit into host names and paths.
 */
export function labPaths(name: string): { state: string; cgroup: string; lock: string } {
  if (!/^[a-z][a-z0-9-]{0,23}$/.test(name)) {
    throw new Error(`"${name}" is not a lab's name: a letter, then letters, digits and dashes, at most 24 in all`);
  }
  return {
    state: join(STATE, PREFIX + name),
    cgroup: join(cgroup2(), PREFIX + name),
    lock: join(CACHE, `lab-${name}.lock`),
  };
}

/** cgroup v2 may be mounted at /sys/fs/cgroup or, beside v1, below it. */
function cgroup2(): string {
  for (const line of readFileSync("/proc/self/mounts", "utf8").split("\n")) {
    const [, where, type] = line.split(" ");
    if (type === "cgroup2" && where !== undefined) return where;
  }
  throw new Error("no cgroup v2 is mounted: labs need one to end all their processes at once");
}
