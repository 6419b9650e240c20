import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseMark } from "@overlaynet/core";
import { isErrno, namesIn } from "../store/atomic.js";
import { inParallel } from "./parallel.js";
import type { Runner } from "./runner.js";

/** A VXLAN device that holds a VNI on a UDP port of this host. */
export interface VxlanInUse {
  readonly vni: number;
  readonly port: number;
  readonly device: string;
  /** A file that setns(2) takes to get there; undefined for the host's own namespace. */
  readonly file: string | undefined;
  /** Where it is, in words, with a guess whose: `namespace 1-q7w2 (Docker?)`. */
  readonly where: string;
  /** The overlay whose mark it carries. */
  readonly overlay: string | undefined;
}

interface Place {
  /** A file that setns(2) takes; undefined for the namespace that the agent is in. */
  readonly file: string | undefined;
  readonly where: string;
}

const dockerNamespaces = "/run/docker/netns";

/**
 * Every VXLAN device whose socket is in this host's own network namespace, wherever the device was moved: two of one VNI on one port cannot be, and the second is refused
 * only when it is set up, if then (drivers/net/vxlan/vxlan_core.c, vxlan_vni_in_use). A namespace without a name is reached through a process in it.
 */
export async function vxlansInUse(runner: Runner, netnsFolder: string): Promise<VxlanInUse[]> {
  const found = await inParallel(places(netnsFolder), async (place) => {
    const enter = place.file === undefined ? [] : ["nsenter", `--net=${place.file}`, "--"];
    const ran = await runner.attempt([...enter, "ip", "-j", "-d", "link", "show", "type", "vxlan"]);
    // A process may have ended since it was listed; its namespace then has another way to it, or is gone.
    return ran.exitCode === 0 ? read(ran.stdout, place) : [];
  });
  return found.flat();
}

/** The sentence for an overlay that wants this VNI and port; undefined when nobody else has it. */
export function vniObstacle(
  inUse: readonly VxlanInUse[],
  overlay: string,
  vni: number,
  port: number,
): string | undefined {
  const other = inUse.find((one) => one.vni === vni && one.port === port && one.overlay !== overlay);
  if (other === undefined) return undefined;
  return `VNI ${vni} on UDP port ${port} is in use by vxlan device ${other.device} in ${other.where}; choose another vni on the Overlay, or remove that device`;
}

interface Shown {
  readonly ifname?: string;
  readonly ifalias?: string;
  readonly link_netnsid?: number;
  readonly linkinfo?: { readonly info_data?: { readonly id?: number; readonly port?: number } };
}

function read(stdout: string, place: Place): VxlanInUse[] {
  const shown = JSON.parse(stdout === "" ? "[]" : stdout) as Shown[];
  return shown.flatMap(({ ifname, ifalias, link_netnsid, linkinfo }) => {
    const { id, port } = linkinfo?.info_data ?? {};
    if (ifname === undefined || id === undefined) return [];
    // A device that was made where it is has its socket there, and disturbs nobody here.
    if (place.file !== undefined && link_netnsid === undefined) return [];
    return [{ vni: id, port: port ?? 4789, device: ifname, ...place, overlay: parseMark(ifalias)?.overlay }];
  });
}

/** Each network namespace of the host once. */
function places(netnsFolder: string): Place[] {
  const found = new Map<string, Place>();
  const add = (file: string, where: string): void => {
    const id = namespaceId(file);
    if (id !== undefined && !found.has(id)) found.set(id, { file, where });
  };
  const own = namespaceId("/proc/self/ns/net");
  if (own !== undefined) found.set(own, { file: undefined, where: "the host's own network namespace" });
  for (const name of namesIn(netnsFolder)) add(join(netnsFolder, name), `namespace ${name}`);
  for (const name of namesIn(dockerNamespaces)) add(join(dockerNamespaces, name), `namespace ${name} (Docker?)`);
  for (const pid of namesIn("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    add(`/proc/${pid}/ns/net`, `the namespace of process ${pid} (${commandOf(pid)})`);
  }
  return [...found.values()];
}

/** The namespace behind a file of /proc or /run/netns: nsfs gives each one inode. */
function namespaceId(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file);
    return `${dev}:${ino}`;
  } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH", "EACCES")) return undefined;
    throw error;
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH")) return "ended";
    throw error;
  }
}
