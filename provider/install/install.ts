import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type AgentArtifact,
  agentArtifact,
  type Architecture,
  launcher,
  runtimeArtifact,
  runtimeDigest,
} from "@overlaynet/agent/artifacts";
import type { Greeting } from "@overlaynet/core/protocol";
import type { SshConnection } from "../ssh/connection.js";
import { architectureOf, type Probe, probeScript, readProbe, unmet } from "./probe.js";
import { link, prune, put } from "./put.js";

/** Where runtime and agent lie on a host. */
export const library = "/usr/local/lib/overlaynet";
/** What starts the agent: a link to the newest one's launcher. */
export const executable = "/usr/local/bin/overlaynet";

/** The host cannot have the agent; nothing was changed there. The message is a sentence. */
export class InstallRefused extends Error {
  override readonly name = "InstallRefused";
}

/** Where the agent and its runtime come from. */
export interface Artifacts {
  agent(architecture: Architecture, say: (line: string) => void): Promise<AgentArtifact>;
  runtime(architecture: Architecture, say: (line: string) => void): Promise<{ sha256OfNode: string; gzipPath: string }>;
  runtimeDigest(architecture: Architecture): string;
}

/** The packages' own. */
export const ownArtifacts: Artifacts = { agent: agentArtifact, runtime: runtimeArtifact, runtimeDigest };

/**
 * Puts the runtime, where it is not yet, and the agent on a host, then points /usr/local/bin/overlaynet at it. Everything lies under names made from its contents, so that two that install at once
 * do the same, and a running agent keeps its files.
 *
 * @throws InstallRefused before any change, when the host does not fit; Error when the work breaks off
 */
export async function install(
  connection: SshConnection,
  user: string,
  artifacts: Artifacts,
  say: (line: string) => void,
): Promise<void> {
  const probe = await look(connection);
  const architecture = architectureOf(probe);
  const reasons = unmet(probe);
  if (reasons.length > 0 || architecture === undefined) throw new InstallRefused(reasons.join("; "));
  const sudo = user !== "root";
  const node = `node-${artifacts.runtimeDigest(architecture)}`;
  const agent = await artifacts.agent(architecture, say);
  if (!probe.installed.includes(node)) {
    const { sha256OfNode, gzipPath } = await artifacts.runtime(architecture, say);
    say("install: uploading the runtime, some 45 MB, once per host");
    const folder = `${library}/${node}`;
    const from = { path: gzipPath };
    await put(connection, sudo, { folder, name: "node", mode: 0o755, sha256: sha256OfNode, from, gzip: true });
  }
  say(`install: putting agent ${agent.version} (${agent.digest}) there`);
  const folder = `${library}/agent-${agent.digest}`;
  for (const { name, path, mode } of agent.files) {
    const sha256 = sha256Of(await readFile(path));
    await put(connection, sudo, { folder, name, mode, sha256, from: { path }, gzip: false });
  }
  const text = launcher(`${library}/${node}/node`, folder);
  const upload = { folder, name: "overlaynet", mode: 0o755, sha256: sha256Of(text), from: { text }, gzip: false };
  await put(connection, sudo, upload);
  await link(connection, sudo, `../lib/overlaynet/agent-${agent.digest}/overlaynet`, executable);
  await prune(connection, sudo, library, `agent-${agent.digest}`);
}

/** Whether a host's agent is to be replaced: by a later version, or by another build of the same; never by an earlier one. */
export async function outdated(
  greeting: Greeting,
  artifacts: Artifacts,
  say: (line: string) => void,
): Promise<boolean> {
  const architecture = architectureOf({ machine: greeting.host.architecture }) ?? nodeName(greeting.host.architecture);
  if (architecture === undefined) return false;
  const { version, digest } = await artifacts.agent(architecture, say);
  return digest !== greeting.agent.digest && compareVersions(version, greeting.agent.version) >= 0;
}

/** Orders versions of three numbers; what follows a hyphen is not looked at. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split("-")[0]?.split(".").map(Number) ?? []);
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Asks a machine what it is; changes nothing. */
export async function look(connection: SshConnection): Promise<Probe> {
  const { stdout } = await connection.run(["/bin/sh", "-c", probeScript]);
  return readProbe(stdout);
}

function nodeName(architecture: string): Architecture | undefined {
  return architecture === "x64" || architecture === "arm64" ? architecture : undefined;
}

function sha256Of(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
