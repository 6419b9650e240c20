import type { RouteConnection } from "../netlink/index.js";
import { findDevices } from "../entries/index.js";

/** A device that a resolver serves, as it was at the start. */
export interface Served {
  readonly name: string;
  readonly index: number;
}

/**
 * Why the devices are not what they were at the start, a sentence, or undefined when they are. Asked for where the notice that a device
 * went may have been lost: whatever is written to its old index after that is refused, for ever.
 *
 * @throws NetlinkError
 */
export function deviceLoss(connection: RouteConnection, served: readonly Served[]): string | undefined {
  const found = findDevices(
    connection,
    served.map(({ name }) => name),
  );
  for (const { name, index } of served) {
    const now = found.get(name)?.index;
    if (now === undefined) return `${name} is gone`;
    if (now !== index) return `${name} was replaced by another device of its name`;
  }
  return undefined;
}
