import { type ContainerSpec, parsePing, pingCommand } from "@overlaynet/core";
import type { OperatorRequest, ProbeEnd } from "@overlaynet/core/operator/index";
import { inParallel } from "../reconcile/parallel.js";
import type { Host } from "../reconcile/host.js";
import type { Answering } from "./answer.js";
import { overlayHere } from "./records.js";

type Probe = Extract<OperatorRequest, { op: "probe" }>;

/** Pings addresses from a container of this host, as a program in it would. @throws Error a sentence */
export async function probe(
  host: Host,
  { overlay, container, targets, ...pings }: Probe,
  { part, signal }: Answering,
): Promise<ProbeEnd> {
  const { name } = containerHere(host, overlay, container);
  let sent = 0;
  await inParallel(targets, async (target) => {
    if (signal.aborted) return;
    sent += 1;
    const argv = ["ip", "netns", "exec", name, ...pingCommand({ ...pings, target })];
    const { stdout, stderr } = await host.runner.attempt(argv);
    part(parsePing(target, stdout, stderr));
  });
  return { targets: sent };
}

/** A container that has its namespace on this host. @throws Error a sentence when it is not here */
export function containerHere(host: Host, overlay: string, name: string): ContainerSpec {
  const { host: own } = overlayHere(host, overlay);
  const specs = host.store.read(overlay).desired.map(({ spec }) => spec);
  const found = specs.find((spec) => spec.kind === "container" && spec.name === name && spec.host === own);
  if (found?.kind !== "container") throw new Error(`container "${name}" of overlay "${overlay}" is not on this host`);
  return found;
}
