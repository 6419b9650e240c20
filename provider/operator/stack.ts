import { execFile } from "node:child_process";
import type { Expected, ExpectedContainer } from "@overlaynet/core/operator/index";
import { UsageError } from "@overlaynet/core/operator/index";
import { isBag } from "../bag.js";
import type { Bag } from "../engine.js";
import { type Host, hostsIn, listHosts } from "../hosts.js";
import { StackConfig } from "../stack-config.js";

/** What a Pulumi stack says of overlays, and how its hosts are reached. Holds secrets: never to be printed. */
export interface StackView {
  readonly title: string;
  readonly hosts: readonly Host[];
  readonly expected: Expected;
  readonly config: StackConfig;
}

/** The stack's state and configuration, as the `pulumi` command line decrypts them with the stack's own secrets. @throws UsageError when there is no such stack, or no `pulumi` */
export async function readStack(options: {
  readonly stack?: string | undefined;
  readonly cwd?: string | undefined;
}): Promise<StackView> {
  const { stack, cwd } = options;
  const where = stack === undefined ? [] : ["--stack", stack];
  const both = [
    pulumi(["stack", "export", "--show-secrets", ...where], cwd),
    pulumi(["config", "--show-secrets", "--json", ...where], cwd),
  ] as const;
  // Both fail for the same reason, whichever is first: people are told the same each time.
  await Promise.allSettled(both);
  const [exported, configured] = await Promise.all(both);
  return viewOf(JSON.parse(exported), JSON.parse(configured));
}

/** Reads what `pulumi stack export --show-secrets` and `pulumi config --show-secrets --json` print. */
export function viewOf(exported: unknown, configured: unknown): StackView {
  const values = isBag(configured) ? configured : {};
  const config = new StackConfig((key) => textOf(values[`overlaynet:${key}`]));
  const resources = resourcesIn(exported);
  const overlays = resources.filter(({ kind }) => kind === "Overlay");
  const hosts = new Map<string, Host>();
  for (const { outputs } of overlays) {
    for (const host of listHosts(hostsIn(outputs["hosts"]))) {
      const key = `${host.address} ${host.connection?.host ?? ""} ${host.connection?.port ?? ""}`;
      if (!hosts.has(key)) hosts.set(key, host);
    }
  }
  const expected: Expected = {
    overlays: new Map(
      overlays.map(({ outputs }) => [String(outputs["name"]), listHosts(hostsIn(outputs["hosts"])).map(nameOf)]),
    ),
    containers: resources.flatMap(({ kind, outputs }): ExpectedContainer[] => {
      if (kind !== "Container") return [];
      const overlay = isBag(outputs["overlay"]) ? outputs["overlay"]["name"] : undefined;
      const [name, host, ip] = [outputs["name"], outputs["host"], outputs["ip"]].map(String);
      return [{ overlay: String(overlay), name: name ?? "", host: host ?? "", ip: ip ?? "" }];
    }),
  };
  return { title: titleOf(resources), hosts: distinct([...hosts.values()]), expected, config };
}

/** Hosts of one name and two addresses, which two overlays of a stack may have, are told apart by their addresses. */
function distinct(hosts: readonly Host[]): Host[] {
  const count = (name: string): number => hosts.filter((host) => host.name === name).length;
  return hosts.map((host) => (count(host.name) > 1 ? { ...host, name: `${host.name}@${host.address}` } : host));
}

interface StackResource {
  /** Overlay, Container or NeighEntry. */
  readonly kind: string;
  /** `urn:pulumi:STACK::PROJECT::…` */
  readonly urn: string;
  readonly outputs: Bag;
}

function resourcesIn(exported: unknown): StackResource[] {
  const deployment = isBag(exported) ? exported["deployment"] : undefined;
  const resources = isBag(deployment) ? deployment["resources"] : undefined;
  if (!Array.isArray(resources)) return [];
  return resources.flatMap((one: unknown): StackResource[] => {
    if (!isBag(one)) return [];
    const kind = /^pulumi-nodejs:dynamic\/overlaynet:(\w+)$/.exec(String(one["type"]))?.[1];
    // What is only left to be deleted is not asked of any host any more.
    if (kind === undefined || one["delete"] === true) return [];
    const outputs = revealed(one["outputs"]);
    return [{ kind, urn: String(one["urn"]), outputs: isBag(outputs) ? outputs : {} }];
  });
}

/** The engine's mark of a secret (pulumi: sdk/go/common/resource/sig/sig.go). */
const signature = "4dabf18193072939515e22adb298388d";

/** The value with its secrets as they are: an exported one is an object of the mark and its JSON. */
function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (!isBag(value)) return value;
  if (signature in value && typeof value["plaintext"] === "string") return revealed(JSON.parse(value["plaintext"]));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, revealed(member)]));
}

function textOf(entry: unknown): string | undefined {
  return isBag(entry) && typeof entry["value"] === "string" ? entry["value"] : undefined;
}

function titleOf(resources: readonly StackResource[]): string {
  const [, stack, project] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(resources[0]?.urn ?? "") ?? [];
  return stack === undefined ? "this stack" : `stack ${stack} of ${project ?? ""}`;
}

function nameOf({ name }: Host): string {
  return name;
}

function pulumi(argv: readonly string[], cwd: string | undefined): Promise<string> {
  const options = {
    maxBuffer: 1024 * 1024 * 1024,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    ...(cwd === undefined ? {} : { cwd }),
  };
  return new Promise((resolve, reject) => {
    execFile("pulumi", [...argv, "--non-interactive"], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new UsageError(whyNot(argv, error, stderr)));
    });
  });
}

function whyNot(argv: readonly string[], error: Error & { code?: unknown }, stderr: string): string {
  const mend = "run this in a Pulumi project's folder, or give --cwd, --stack, or hosts by --host name=user@address";
  if (error.code === "ENOENT")
    return `the hosts of a stack are wanted, and there is no \`pulumi\` or no such folder; ${mend}`;
  const said = stderr
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join("; ");
  return `\`pulumi ${argv.slice(0, 2).join(" ")}\`: ${said.replace(/^error: /, "") || error.message}; ${mend}`;
}
