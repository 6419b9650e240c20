import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { HOSTS_SOURCE } from "./paths.js";

/** What a host is, as text: from a section's name ("host links", "unit files", "files", …) to its sorted lines. */
export type Snapshot = Readonly<Record<string, string>>;

/** Anything that runs a script as root on a host: a lab host does, a virtual machine can. */
export interface ScriptRunner {
  script(text: string): PromiseLike<{ readonly stdout: string }>;
}

/**
 * Everything about a host that a stranger must leave as it was: links, namespaces, routes, nft rules, units, files,
 * users, processes, sysctls. Two snapshots of an untouched host are equal; what cannot be avoided is not in it (the
 * list is in snapshot.sh).
 */
export async function snapshot(host: ScriptRunner): Promise<Snapshot> {
  const { stdout } = await host.script(await readFile(join(HOSTS_SOURCE, "snapshot.sh"), "utf8"));
  return parseSnapshot(stdout);
}

/** The script's output, cut into its sections. */
export function parseSnapshot(text: string): Snapshot {
  const sections: Record<string, string> = {};
  for (const part of text.split(/^@@ /m).slice(1)) {
    const end = part.indexOf("\n");
    sections[part.slice(0, end)] = part.slice(end + 1).trim();
  }
  return sections;
}

/** What changed between two snapshots, for people: empty when nothing did, else per section its lines with - and +. */
export function diffSnapshots(before: Snapshot, after: Snapshot): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const sections = names.map((name) => {
    const lines = diffLines(before[name] ?? "", after[name] ?? "");
    return lines.length === 0 ? [] : [`${name}:`, ...lines];
  });
  return sections.flat().join("\n");
}

/** Lines are compared as a bag: their order says nothing, how often they occur does. */
function diffLines(before: string, after: string): string[] {
  const counts = new Map<string, number>();
  for (const line of before.split("\n")) counts.set(line, (counts.get(line) ?? 0) - 1);
  for (const line of after.split("\n")) counts.set(line, (counts.get(line) ?? 0) + 1);
  counts.delete("");
  const times = (line: string, sign: string, count: number): string[] =>
    Array.from({ length: Math.max(count, 0) }, () => `  ${sign} ${line}`);
  const gone = [...counts].flatMap(([line, count]) => times(line, "-", -count));
  const come = [...counts].flatMap(([line, count]) => times(line, "+", count));
  return [...gone, ...come];
}
