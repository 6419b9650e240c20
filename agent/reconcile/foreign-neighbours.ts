import { type DevicePlace, neighboursCommand, restoreNeighbours, type Step } from "@overlaynet/core";
import type { Runner } from "./runner.js";

/**
 * Does `work`, which runs these steps, and writes again what people had written into the neighbour table of a VXLAN device that gets another MAC by
 * them: the kernel drops all of its neighbours then, permanent ones too (neigh_changeaddr in net/core/neighbour.c). Our own ones come back with the
 * next comparison.
 */
export async function keepingForeignNeighbours<T>(
  runner: Runner,
  steps: readonly Step[],
  work: () => Promise<T>,
): Promise<T> {
  const places = steps.flatMap(losesNeighbours);
  const shown = await Promise.all(
    places.map(async (place) => {
      const { argv } = neighboursCommand(place);
      return { place, text: (await runner.attempt(argv)).stdout };
    }),
  );
  const result = await work();
  for (const { place, text } of shown) {
    const restore = restoreNeighbours(place, text);
    // What was written meanwhile is refused as existing, and is right as it is.
    if (restore !== undefined) await runner.attempt(restore.argv, restore.stdin);
  }
  return result;
}

function losesNeighbours(step: Step): DevicePlace[] {
  if (step.op !== "change" || step.object.kind !== "vxlan") return [];
  const changesMac = step.changes.some(({ attribute }) => attribute === "mac");
  return changesMac ? [{ namespace: step.object.namespace, device: step.object.name }] : [];
}
