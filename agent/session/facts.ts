import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { ApplyRequest } from "@overlaynet/core/protocol";
import { type Desired, isLocal } from "@overlaynet/core";
import { type VxlanInUse, vniObstacle, vxlansInUse } from "../reconcile/foreign-vxlan.js";
import type { Host } from "../reconcile/host.js";
import type { Requirements } from "../reconcile/requirements.js";
import { isErrno } from "../store/atomic.js";
import type { Change, HostFacts } from "./judge.js";

/**
 * What stands in the way of a batch besides other desired states, looked at before anything is changed. The search for foreign VXLAN devices enters every
 * network namespace of the host, so it is made only when an overlay wants a VNI or port that it does not have yet.
 */
export async function gatherFacts(
  host: Host,
  unmet: readonly string[],
  changes: readonly Change[],
  stored: readonly Desired[],
  requirements: Pick<Requirements, "filter">,
): Promise<HostFacts> {
  const lacking = await lackingFilters(changes, stored, requirements);
  const newcomers = changes.filter((change): change is ApplyRequest => isNewVni(change, stored));
  const inUse: readonly VxlanInUse[] = newcomers.length > 0 ? await vxlansInUse(host.runner, host.paths.netns) : [];
  return {
    realPath,
    uninstalled: !existsSync(host.paths.bin),
    obstacle(request) {
      if (unmet.length > 0) return unmet.join("; ");
      const { spec } = request;
      const filter = lacking.get(request);
      if (filter !== undefined) return filter;
      if (spec.kind !== "overlay") return undefined;
      // What is in the overlay's own namespace is the plan's to judge: it says whose the namespace is, or takes it over when that is allowed.
      const own = join(host.paths.netns, spec.namespace);
      const elsewhere = inUse.filter(({ file, overlay }) => file !== own || overlay !== undefined);
      return newcomers.includes(request) ? vniObstacle(elsewhere, spec.overlay, spec.vni, spec.port) : undefined;
    },
  };
}

/** Why what stands before a VXLAN device or at a port cannot be had here, by the request that wants it: a host that cannot keep strangers out takes no overlay unless told to let them in. */
async function lackingFilters(
  changes: readonly Change[],
  stored: readonly Desired[],
  requirements: Pick<Requirements, "filter">,
): Promise<ReadonlyMap<Change, string>> {
  const specs = [
    ...stored.map(({ spec }) => spec),
    ...changes.flatMap((change) => (change.op === "apply" ? [change.spec] : [])),
  ];
  const overlays = new Map(specs.flatMap((spec) => (spec.kind === "overlay" ? [[spec.overlay, spec] as const] : [])));
  const lacking = new Map<Change, string>();
  for (const change of changes) {
    if (change.op !== "apply") continue;
    const { spec } = change;
    const overlay = overlays.get(spec.overlay);
    const wantsVteps = spec.kind === "overlay" && spec.allowUnknownVteps !== true;
    const wantsGuard =
      spec.kind === "container" && spec.allowSpoofing !== true && overlay !== undefined && isLocal(overlay, spec);
    const sentence = wantsVteps || wantsGuard ? await requirements.filter(wantsVteps ? "ip" : "bridge") : undefined;
    if (sentence !== undefined) lacking.set(change, sentence);
  }
  return lacking;
}

function isNewVni(change: Change, stored: readonly Desired[]): boolean {
  if (change.op !== "apply" || change.spec.kind !== "overlay") return false;
  const { overlay, vni, port } = change.spec;
  return !stored.some(
    ({ spec }) => spec.kind === "overlay" && spec.overlay === overlay && spec.vni === vni && spec.port === port,
  );
}

/** The path with links resolved as far as it exists: two names of one folder are one folder. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error;
    return path === "/" ? path : join(realPath(dirname(path)), basename(path));
  }
}
