import type { Bag, ReadResult } from "../engine.js";
import type { HostSession } from "../fleet.js";
import { pick } from "./difference.js";
import { onAll, troubles } from "./outcome.js";
import { Failures } from "./reach.js";

/** The inputs and outputs after a refresh; what drifted is in both, so that the next preview shows its repair. */
export function readResult(
  id: string,
  props: Bag,
  fields: readonly string[],
  drift: ReadonlyMap<string, string>,
): ReadResult {
  const { drift: _before, __provider, ...rest } = props;
  const words = drift.size === 0 ? {} : { drift: Object.fromEntries([...drift].sort()) };
  return { id, props: { ...rest, ...words }, inputs: { ...pick(fields, rest), ...words } };
}

/** Asks all hosts at once; what any of them throws becomes one error. */
export async function forEachSession(
  sessions: ReadonlyMap<string, HostSession>,
  ask: (session: HostSession) => Promise<void>,
): Promise<void> {
  const wrong = troubles(await onAll(sessions.values(), ask));
  if (wrong.size > 0) throw new Failures([...wrong.values()]);
}
