import * as z from "zod";
import { stamp as ours } from "../resolver/entry.js";
import type { ObserveCommand } from "./command.js";

/** A device in a namespace, by name. */
export interface DevicePlace {
  readonly namespace: string;
  readonly device: string;
}

const Entries = z.array(
  z.object({ dst: z.string(), lladdr: z.string().optional(), protocol: z.union([z.string(), z.number()]).optional() }),
);

/** Shows a device's permanent neighbours; its output goes to {@link restoreNeighbours}. */
export function neighboursCommand({ namespace, device }: DevicePlace): ObserveCommand {
  return { argv: ["ip", "-n", namespace, "-j", "-N", "neigh", "show", "dev", device, "nud", "permanent"], stdin: "" };
}

/**
 * What writes again those of the shown neighbours that are not ours; `undefined` when there are none. What has been written meanwhile stays.
 *
 * @throws ZodError or SyntaxError when the text is not what `ip -j neigh` prints
 */
export function restoreNeighbours({ namespace, device }: DevicePlace, shown: string): ObserveCommand | undefined {
  const lines = Entries.parse(JSON.parse(shown.trim() || "[]")).flatMap(({ dst, lladdr, protocol }) => {
    if (lladdr === undefined || Number(protocol) === ours) return [];
    const originator = protocol === undefined ? "" : ` protocol ${protocol}`;
    return [`neigh add ${dst} lladdr ${lladdr} dev ${device} nud permanent${originator}`];
  });
  if (lines.length === 0) return undefined;
  return { argv: ["ip", "-n", namespace, "-force", "-batch", "-"], stdin: `${lines.join("\n")}\n` };
}
