import type { Miss, MonitorPart, OperatorRequest } from "@overlaynet/core/operator/index";
import { setTimeout as delay } from "node:timers/promises";
import type { Host } from "../reconcile/host.js";
import { listenToMisses } from "../resolver/miss-listener.js";
import { resolverSocket } from "../units/templates.js";
import type { Answering } from "./answer.js";

/** Milliseconds after which a resolver that did not answer is tried again: systemd starts it anew within a second. */
const again = 500;

/** Tells what the host's resolvers are asked and answer, as it happens, until nobody wants it any more. */
export async function monitor(
  host: Host,
  { overlay, raw }: Extract<OperatorRequest, { op: "monitor" }>,
  { part, signal }: Answering,
): Promise<object> {
  const all = host.store.readAll().desired.flatMap(({ spec }) => (spec.kind === "overlay" ? [spec.overlay] : []));
  const chosen = overlay === undefined ? all : all.filter((one) => one === overlay);
  const say = (one: MonitorPart): void => {
    part(one);
  };
  await Promise.all(chosen.map((one) => follow(host, one, raw, say, signal)));
  return {};
}

async function follow(
  host: Host,
  overlay: string,
  raw: boolean,
  say: (part: MonitorPart) => void,
  signal: AbortSignal,
): Promise<void> {
  const socket = resolverSocket(host.paths, overlay);
  let told = "";
  for (;;) {
    const why = await listenToMisses(socket, {
      raw,
      signal,
      begun: () => {
        told = "";
        say({ overlay, following: true });
      },
      lines: (lines) => {
        const misses = lines.flatMap((line): Miss[] => ("miss" in line ? [line.miss] : []));
        const skipped = lines.reduce((sum, line) => sum + ("skipped" in line ? line.skipped : 0), 0);
        say({ overlay, misses, skipped });
      },
    });
    if (signal.aborted) return;
    if (told === "") say({ overlay, down: why });
    told = why;
    await delay(again, undefined, { signal }).catch(() => undefined);
  }
}
