import type { World } from "@overlaynet/cli";
import {
  type ContainerName,
  HostProblem,
  type OperatorAsk,
  type OperatorHost,
  type OperatorHosts,
  OperatorRequest,
} from "@overlaynet/core/operator/index";
import type { Greeting } from "@overlaynet/core/protocol";
import { spawn } from "node:child_process";
import { agentDigest } from "../artifacts/digest.js";
import { agentVersion } from "../artifacts/version.js";
import type { Host } from "../reconcile/host.js";
import { greet } from "../session/greeting.js";
import { answerOperator } from "./answer.js";
import { examine } from "./examine.js";

/** The operator's verbs on a host, for itself: the same questions, answered in this process. */
export function hostWorld(host: Host): World {
  return {
    place: "host",
    version: agentVersion,
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    hosts: () => Promise.resolve(thisHost(host)),
  };
}

function thisHost(host: Host): OperatorHosts {
  const ended = new AbortController();
  const greeting = greet({ version: agentVersion, digest: agentDigest });
  const one: OperatorHost = {
    name: nameOf(host, greeting),
    address: addressOf(host),
    greet: () => Promise.resolve(greeting),
    ask: (ask, _deadline, more) => answer(host, ask, more, ended.signal),
    examine: (examination) => examine(host, examination),
    runIn,
  };
  const close = (): Promise<void> => {
    ended.abort();
    return Promise.resolve();
  };
  return { title: `host ${one.name}`, hosts: [one], close };
}

async function answer(
  host: Host,
  ask: OperatorAsk,
  part: (part: unknown) => void = () => undefined,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const outcome = await answerOperator(host, OperatorRequest.parse({ id: 0, ...ask }), { part, signal });
    if (outcome.ok) return outcome.result;
    throw new HostProblem("failed", outcome.error.message);
  } catch (error) {
    if (error instanceof HostProblem) throw error;
    throw new HostProblem("failed", error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** As its overlays call it, when they agree; else its own name. */
function nameOf(host: Host, greeting: Greeting): string {
  const names = new Set(overlaysOf(host).map((spec) => spec.host as string));
  const [name] = names;
  return names.size === 1 && name !== undefined ? name : greeting.host.hostname;
}

function addressOf(host: Host): string {
  const [spec] = overlaysOf(host);
  return spec?.hosts[spec.host] ?? "";
}

function overlaysOf(host: Host) {
  return host.store.readAll().desired.flatMap(({ spec }) => (spec.kind === "overlay" ? [spec] : []));
}

/** Runs a command in a container's namespace, with our standard files. Ctrl-C is the command's: we wait for what it makes of it. */
async function runIn({ name }: ContainerName, argv: readonly string[]): Promise<number> {
  const child = spawn("ip", ["netns", "exec", name, ...argv], { stdio: "inherit" });
  const leave = (): void => undefined;
  process.on("SIGINT", leave);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", (error) => {
        reject(new HostProblem("failed", `ip: ${error.message}`, { cause: error }));
      });
      child.once("close", (code) => {
        resolve(code ?? 255);
      });
    });
  } finally {
    process.off("SIGINT", leave);
  }
}
