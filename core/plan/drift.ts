import type { Mark } from "../desired/object.js";
import type { Plan } from "./step.js";

/** What differs from desired, in sentences: of one resource when its mark is given, of all otherwise. What is in the way is told as well. */
export function driftOf({ steps, conflicts }: Plan, mark?: Mark): string[] {
  const sentences = [
    ...steps.filter((step) => mark === undefined || step.mark === mark).flatMap((step) => step.drift),
    ...conflicts.filter((conflict) => mark === undefined || conflict.mark === mark).map(({ message }) => message),
  ];
  return [...new Set(sentences)];
}
