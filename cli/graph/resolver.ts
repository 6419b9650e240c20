import { onHost } from "./commands.js";
import { type Draft, element, idOf, type Said } from "./draft.js";
import type { Seen } from "./seen.js";

/** Draws an overlay's resolver beside the device whose misses it answers. */
export function addResolver(
  draft: Draft,
  host: string,
  overlay: string,
  { inspection: { resolver } }: Seen,
  at: { readonly namespace: string; readonly device: string },
): void {
  const id = idOf.resolver(host, overlay);
  const unit = `overlaynet-resolver@${overlay}`;
  const commands = [
    onHost("systemctl", "status", unit),
    onHost("journalctl", "-u", unit, "-e"),
    onHost("overlaynet", "status"),
  ];
  const common = { host, overlay, commands };
  const misses = resolver.running ? Object.values(resolver.misses).reduce((sum, count) => sum + count, 0) : undefined;
  draft.nodes.push({
    id,
    kind: "resolver",
    name: "resolver",
    group: idOf.namespace(host, at.namespace),
    ...element({ ...common, ...whatIs(resolver) }),
    ...(misses === undefined ? {} : { misses }),
  });
  draft.edges.push({
    id: idOf.edge(id, at.device),
    kind: "resolver",
    name: `resolver of ${overlay}`,
    from: id,
    to: at.device,
    ...element({ ...common, ...(resolver.running ? {} : { state: "missing", wrong: ["no misses are answered"] }) }),
  });
}

function whatIs(resolver: Seen["inspection"]["resolver"]): Pick<Said, "wrong" | "facts" | "state"> {
  if (!resolver.running) {
    const last = resolver.lastLine === "" ? resolver.reason : resolver.lastLine;
    return { state: "missing", wrong: [`no resolver runs (${last})`] };
  }
  const { entries, outdated, complaints, lastError } = resolver;
  return {
    wrong: [
      ...(outdated ? ["it runs from an older agent"] : []),
      ...complaints,
      ...(lastError === "" ? [] : [lastError]),
    ],
    facts: {
      "misses a second": resolver.missesPerSecond.toFixed(1),
      ...Object.fromEntries(Object.entries(resolver.misses).map(([key, count]) => [`misses, ${key}`, count])),
      "neighbour entries": entries.neighbours,
      "forwarding entries": entries.forwarding,
      "entries mended": resolver.repaired,
      "up for": `${Math.round(resolver.uptimeSeconds)} s`,
    },
  };
}
