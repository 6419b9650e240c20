import type { KernelObject, ObjectId } from "../desired/object.js";
import type { Plan, Step } from "./step.js";

/** One difference in words, and where in the kernel it is. */
export interface Difference {
  readonly words: string;
  /** `rootNamespace` for the host's own. */
  readonly namespace: string;
  readonly device?: string;
}

/** Everything that `driftOf` tells, each at its place. */
export function differencesOf({ steps, conflicts }: Plan): Difference[] {
  return [
    ...steps.flatMap(differencesOfStep),
    ...conflicts.map(({ object, message: words }) => ({ words, ...placeOf(object) })),
  ];
}

function differencesOfStep(step: Step): Difference[] {
  const place = placeOf(step.object);
  // A change of a veth may be one of its other end, which is elsewhere; each has a sentence of its own then.
  const changes = step.op === "change" && step.changes.length === step.drift.length ? step.changes : [];
  return step.drift.map((words, index) => {
    const change = changes[index];
    if (change === undefined) return { words, ...place };
    return { words, namespace: change.namespace, device: change.device };
  });
}

function placeOf(object: KernelObject | ObjectId): { namespace: string; device?: string } {
  const { namespace } = object;
  switch (object.kind) {
    case "bridge":
    case "vxlan":
    case "veth":
      return { namespace, device: object.name };
    case "address":
    case "route":
    case "port-entry":
      return { namespace, device: object.device };
    case "guard":
      return { namespace, device: object.port };
    case "namespace":
    case "filter":
    case "guard-element":
      return { namespace };
  }
}
