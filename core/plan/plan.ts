import { keyOf } from "../desired/object.js";
import { planAddresses } from "./addresses.js";
import { planFilters } from "./filters.js";
import { planLinks } from "./links.js";
import { planNamespaces, removeNamespaces } from "./namespaces.js";
import { planPortEntries } from "./port-entries.js";
import { removeLinks } from "./removal.js";
import { planRoutes } from "./routes.js";
import type { PlanInput, Scene } from "./scene.js";
import type { Plan, Step } from "./step.js";

export type { PlanInput } from "./scene.js";

/**
 * The steps from what a host was seen to hold to what it has to hold for one overlay. Pure: the same input gives the same plan, and when all is as desired it is empty.
 *
 * What is in the way goes first, then everything is added or changed, then what is left over goes. Only objects that are desired, and things that
 * carry a mark (or stamp) of this overlay, are touched; what else stands under a desired name is a conflict.
 */
export function plan(input: PlanInput): Plan {
  const scene: Scene = {
    input,
    previousKeys: new Set(input.previous.map((object) => `${object.kind} ${keyOf(object)}`)),
    namespaces: new Map(),
    devices: new Map(),
    settled: new Set(),
    reattached: new Set(),
    routeless: new Set(),
    steps: [],
    conflicts: [],
  };
  planNamespaces(scene);
  planLinks(scene);
  removeLinks(scene);
  planAddresses(scene);
  planRoutes(scene);
  planPortEntries(scene);
  planFilters(scene);
  removeNamespaces(scene);
  return { steps: inOrder(scene.steps), conflicts: scene.conflicts };
}

/** Stages leave their steps in the order of what needs what; deletions move to the front or the end. */
function inOrder(steps: readonly Step[]): Step[] {
  const first = steps.filter((step) => step.op === "delete" && step.frees.length > 0);
  const middle = steps.filter((step) => step.op !== "delete");
  const last = steps.filter((step) => step.op === "delete" && step.frees.length === 0);
  return [...first, ...middle, ...last];
}
