import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The sources of this folder: what is not TypeScript stays there. */
export const HOSTS_SOURCE = join(__dirname, "..", "..", "hosts");

/** What is made once per machine: file systems, and one lock file for each name of a lab. */
export const CACHE = "/var/cache/overlaynet";

/** Runs a command in a network namespace: `enter.sh CGROUP NAMESPACE CMD...`. */
export const ENTER = join(HOSTS_SOURCE, "enter.sh");

/** One folder for each lab that is up. */
const STATE = "/var/tmp";

/** Where a lab, or a set of Vagrant machines, keeps its things. */
export interface FleetPaths {
  readonly state: string;
  /** Holds every process that is started for it. */
  readonly cgroup: string;
  readonly lock: string;
}

/** Where a lab keeps its things. @throws when the name does not fit into host names and paths. */
export function labPaths(name: string): FleetPaths {
  return fleetPaths("lab", name);
}

/** Environment variable: a word that keeps the fleets of one checkout's tests apart from another's on the same machine. */
const SET = "OVERLAYNET_SET";

/** The places of one kind of fleet; those of two kinds, or of two sets, never meet. @throws as `labPaths` does. */
export function fleetPaths(kind: "lab" | "vagrant", name: string): FleetPaths {
  if (!/^[a-z][a-z0-9-]{0,23}$/.test(name)) {
    throw new Error(`"${name}" is not a ${kind}'s name: a letter, then letters, digits and dashes, at most 24 in all`);
  }
  const set = process.env[SET] ?? "";
  if (!/^[a-z0-9]{0,8}$/.test(set)) {
    throw new Error(`${SET}="${set}" does not fit into paths: letters and digits, at most 8`);
  }
  const whose = set === "" ? kind : `${kind}-${set}`;
  const prefixed = `overlaynet-${whose}.${name}`;
  return {
    state: join(STATE, prefixed),
    cgroup: join(cgroup2(), prefixed),
    lock: join(CACHE, `${whose}-${name}.lock`),
  };
}

/** cgroup v2 may be mounted at /sys/fs/cgroup or, beside v1, below it. */
function cgroup2(): string {
  for (const line of readFileSync("/proc/self/mounts", "utf8").split("\n")) {
    const [, where, type] = line.split(" ");
    if (type === "cgroup2" && where !== undefined) return where;
  }
  throw new Error("no cgroup v2 is mounted: its processes need one to be ended all their processes at once");
}
