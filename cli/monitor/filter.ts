import { type Miss, type OperatorHosts, UsageError } from "@overlaynet/core/operator/index";
import { inspection } from "../ask.js";
import { fromAll } from "../gather.js";

/** Which misses are told; all when nothing is asked for. */
export interface MissFilter {
  readonly kind?: readonly string[];
  readonly unanswered?: boolean;
  /** Overlay and address of what they must be about. */
  readonly about?: ReadonlySet<string>;
}

export function isTold({ kind, unanswered, about }: MissFilter, overlay: string, miss: Miss): boolean {
  if (kind !== undefined && !kind.includes(miss.layer)) return false;
  if (unanswered === true && miss.answer === "answered") return false;
  return about === undefined || about.has(`${overlay} ${miss.address}`);
}

/** The addresses of containers, by name, with their overlays: as hosts have them, and as the stack's state says for those that do not answer. @throws UsageError */
export async function addressesOf(
  { hosts, expected, title }: OperatorHosts,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const seen = await fromAll(hosts, (host) => inspection(host));
  const there = seen.flatMap((one) => (one.problem === undefined ? one.value.overlays : []));
  const known = [
    ...there.flatMap(({ overlay, containers }) => containers.map((one) => ({ ...one, overlay }))),
    ...(expected?.containers ?? []).map((one) => ({ ...one, mac: undefined })),
  ];
  const unknown = names.filter((name) => !known.some((one) => one.name === name));
  if (unknown.length > 0) {
    const all = [...new Set(known.map(({ name }) => name))].sort();
    throw new UsageError(
      `--container: ${title} has no container ${unknown.join(", ")}; it has ${all.join(", ") || "none"}`,
    );
  }
  const meant = known.filter(({ name }) => names.includes(name));
  return new Set(
    meant.flatMap(({ overlay, ip, mac }) => [`${overlay} ${ip}`, ...(mac === undefined ? [] : [`${overlay} ${mac}`])]),
  );
}
