import type { ResolverInspection } from "@overlaynet/core/operator/index";
import { setTimeout as delay } from "node:timers/promises";
import { agentDigest } from "../artifacts/digest.js";
import type { Host } from "../reconcile/host.js";
import { resolverStatus } from "../resolver/client.js";
import type { ResolverStatus } from "../resolver/status.js";
import { resolverService, resolverSocket } from "../units/templates.js";

/** Milliseconds between the two looks that tell how many misses there are a second. */
const measured = 500;

/** Asks an overlay's resolver twice, for what it counts and how fast. */
export async function inspectResolver(host: Host, overlay: string): Promise<ResolverInspection> {
  const socket = resolverSocket(host.paths, overlay);
  const first = await resolverStatus(socket);
  if (!first.running) return { running: false, reason: first.reason, lastLine: await lastLine(host, overlay) };
  await delay(measured);
  const second = await resolverStatus(socket);
  if (!second.running) return { running: false, reason: second.reason, lastLine: await lastLine(host, overlay) };
  const { status } = second;
  const seconds = status.uptimeSeconds - first.status.uptimeSeconds;
  // A resolver that was started in between counts from zero again.
  const misses = seconds > 0 ? countOf(status) - countOf(first.status) : countOf(status);
  return {
    running: true,
    outdated: status.agent !== agentDigest,
    uptimeSeconds: status.uptimeSeconds,
    misses: { ...status.misses },
    missesPerSecond: seconds > 0 ? Math.round((misses / seconds) * 10) / 10 : 0,
    unexpectedMisses: status.unexpectedMisses,
    repaired: status.repaired,
    writeFailures: status.writeFailures,
    overruns: status.overruns,
    entries: { neighbours: status.sync.neighbours, forwarding: status.sync.forwarding },
    complaints: [...status.complaints],
    lastError: status.sync.failures[0] ?? status.complaints[0] ?? "",
  };
}

function countOf({ misses }: ResolverStatus): number {
  return Object.values(misses).reduce((sum, count) => sum + count, 0);
}

/** The last thing that the unit wrote, which is why it ended when it has. */
async function lastLine(host: Host, overlay: string): Promise<string> {
  const argv = ["journalctl", "--unit", resolverService(overlay), "--lines=1", "--output=cat", "--no-pager", "--quiet"];
  const { stdout, exitCode } = await host.runner.attempt(argv);
  return exitCode === 0 ? stdout.trim() : "";
}
