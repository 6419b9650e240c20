import { type Desired, type Owner, type Target, targetOf } from "@overlaynet/core";
import type { ApplyRequest, Failure, RemoveRequest } from "@overlaynet/core/protocol";
import { describe, describeOwner } from "./describe.js";

/** Whether an apply may have the resource that the host knows under its name; undefined when it may. */
export function refuseApply(request: ApplyRequest, existing: Desired | undefined): Failure | undefined {
  if (existing === undefined) return undefined;
  const target = targetOf(request.spec);
  if (existing.owner.uid !== request.owner.uid) {
    // Pulumi records a resource's outputs, its uid among them, when create returns. A create that was interrupted after the host had accepted it leaves a
    // desired file with a uid that nobody knows any more, and the next `up` comes with a new one: the same resource of the same stack takes its own over.
    if (isSameResource(existing.owner, request.owner)) return undefined;
    return {
      code: "refused",
      message: `${describe(target)} exists on this host and belongs to ${describeOwner(existing.owner)}; choose another name, or destroy that one first`,
    };
  }
  return stale(target, existing, request.generation);
}

/** What a remove comes to: `remove`, `gone` when there is nothing of this resource (any more), or a failure. */
export function judgeRemove(request: RemoveRequest, existing: Desired | undefined): "remove" | "gone" | Failure {
  // What another resource holds under the name by now, or what belongs to a later overlay of the name, is not what is asked to go.
  if (existing?.owner.uid !== request.owner.uid || existing.spec.overlayId !== request.overlayId) return "gone";
  return stale(request.target, existing, request.generation) ?? "remove";
}

function stale(target: Target, existing: Desired, generation: number): Failure | undefined {
  if (generation >= existing.generation) return undefined;
  return {
    code: "stale",
    message: `this host knows generation ${existing.generation} of ${describe(target)}, which is later than ${generation}; refresh, then run it again`,
  };
}

function isSameResource(one: Owner, other: Owner): boolean {
  return one.project === other.project && one.stack === other.stack && one.resource === other.resource;
}
