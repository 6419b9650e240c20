import type { Mark, Step } from "@overlaynet/core";
import { type VxlanInUse, vniObstacle, vxlansInUse } from "./foreign-vxlan.js";
import type { Runner } from "./runner.js";

/** A step that the kernel refused because its VNI is taken, and what it said. */
type Failures = ReadonlyMap<Step, string>;

/** Whether a VXLAN device could not be made, or not be set up, because another has its VNI and port. */
export function isVniHeld(failures: Failures): boolean {
  return [...failures].some(([step, message]) => step.object.kind === "vxlan" && saysHeld(message));
}

/**
 * Removes devices of this overlay that outlived the name of their namespace: a process inside, somebody's shell or a resolver that is just ending, keeps
 * the namespace alive, and with it the VNI (reference: net/core/net_namespace.c). They carry our mark, so they are ours to remove. Answers, for the
 * devices that are not ours, a sentence by the mark of whose object they are in the way of.
 */
export async function freeVni(
  runner: Runner,
  netnsFolder: string,
  overlay: string,
  failures: Failures,
): Promise<ReadonlyMap<Mark, string>> {
  const inUse = await vxlansInUse(runner, netnsFolder);
  const sentences = new Map<Mark, string>();
  for (const [{ object, mark, op }, message] of failures) {
    if (op !== "add" || object.kind !== "vxlan" || !saysHeld(message)) continue;
    for (const stray of inUse) if (isStray(stray, overlay, netnsFolder, object)) await remove(runner, stray);
    const obstacle = vniObstacle(inUse, overlay, object.vni, object.port);
    if (obstacle !== undefined) sentences.set(mark, obstacle);
  }
  return sentences;
}

function saysHeld(message: string): boolean {
  return /specified VNI already exists|Address already in use/.test(message);
}

function isStray(
  one: VxlanInUse,
  overlay: string,
  netnsFolder: string,
  wanted: { vni: number; port: number },
): boolean {
  const isNamed = one.file === undefined || one.file.startsWith(`${netnsFolder}/`);
  return !isNamed && one.overlay === overlay && one.vni === wanted.vni && one.port === wanted.port;
}

async function remove(runner: Runner, { file, device }: VxlanInUse): Promise<void> {
  // The process that held the namespace may have ended meanwhile; the next look tells.
  await runner.attempt(["nsenter", `--net=${file ?? ""}`, "--", "ip", "link", "del", device]);
}
