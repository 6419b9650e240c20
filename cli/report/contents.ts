import {
  CollectedEnd,
  collectedLimits,
  CollectedPart,
  HostProblem,
  type OperatorHost,
  type OperatorHosts,
} from "@overlaynet/core/operator/index";
import { askFor, read } from "../ask.js";
import { examineAll } from "../doctor/document.js";
import { fromAll } from "../gather.js";
import type { Problem } from "../document/problem.js";
import { statusDocument } from "../status/document.js";
import { lookAt } from "../status/look.js";
import { problemOfHost } from "../status/problems.js";

/** A report before it is packed. */
export interface Report {
  /** Path in the archive to text. */
  readonly files: ReadonlyMap<string, string>;
  /** Hosts that are not in it. */
  readonly problems: readonly Problem[];
}

/** Milliseconds for a host to tell all. */
const deadline = 120_000;

/** Gathers what somebody who looks for a fault wants to see: status, doctor, and each host's own view. @param version of this command */
export async function reportOf(hosts: OperatorHosts, version: string): Promise<Report> {
  const [looks, examined, collected] = await Promise.all([
    lookAt(hosts),
    examineAll(hosts, {}),
    fromAll(hosts.hosts, collectFrom),
  ]);
  const json = (document: unknown): string => `${JSON.stringify(document, undefined, 2)}\n`;
  const { node } = process.versions;
  const files = new Map([
    ["command.json", json({ version, node, platform: process.platform, architecture: process.arch })],
    ["status.json", json(statusDocument(hosts.title, looks, hosts.expected))],
    ["doctor.json", json(examined)],
  ]);
  const problems: Problem[] = [];
  for (const one of collected) {
    const folder = `hosts/${one.host.name}`;
    if (one.problem === undefined) for (const [name, text] of one.value) files.set(`${folder}/${name}`, text);
    else {
      problems.push(problemOfHost(one.host.name, one.problem));
      files.set(`${folder}/problem.txt`, `${one.problem.message}\n`);
    }
  }
  return { files, problems };
}

/** @throws HostProblem, also when it tells more than it may */
async function collectFrom(host: OperatorHost): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const more = (part: unknown): void => {
    const { file, text } = readPart(host, part);
    const whole = (files.get(file) ?? "") + text;
    if (whole.length > collectedLimits.file || files.size > collectedLimits.files) {
      throw new HostProblem("unfit", `${host.name}: its agent tells more than a report holds`);
    }
    files.set(file, whole);
  };
  await askFor(host, { op: "collect" }, CollectedEnd, more, deadline);
  return files;
}

/** The text as it is: it goes into a file. */
function readPart(host: OperatorHost, part: unknown): CollectedPart {
  const result = CollectedPart.safeParse(part);
  if (result.success) return result.data;
  // Says what is wrong with it.
  return read(host, CollectedPart, part);
}
