import { readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type OverlaySpec, resolverConfigOf } from "@overlaynet/core";
import { isErrno, makeFolder, readWhenThere, writeWhenDifferent } from "../store/atomic.js";
import { namespaceLink, overlayRun, type Paths, resolverConfigFile } from "../store/paths.js";

/** What a resolver needs at run time: the link that its unit enters the namespace by, and its configuration. Answers how many were written. */
export function publish(paths: Paths, spec: OverlaySpec): number {
  makeFolder(paths.run, 0o755);
  makeFolder(overlayRun(paths, spec.overlay), 0o755);
  const config = writeWhenDifferent(resolverConfigFile(paths, spec.overlay), configText(spec), 0o644);
  return Number(config) + Number(linkNamespace(paths, spec));
}

/** What of it is not as it should be, in words. */
export function publishedDrift(paths: Paths, spec: OverlaySpec): string[] {
  const words: string[] = [];
  const link = namespaceLink(paths, spec.overlay);
  if (readLink(link) !== join(paths.netns, spec.namespace)) words.push(`${link} does not lead to ${spec.namespace}`);
  const config = resolverConfigFile(paths, spec.overlay);
  if (readWhenThere(config) !== configText(spec)) words.push(`${config} is not what the overlay asks`);
  return words;
}

function linkNamespace(paths: Paths, spec: OverlaySpec): boolean {
  const link = namespaceLink(paths, spec.overlay);
  const to = join(paths.netns, spec.namespace);
  if (readLink(link) === to) return false;
  const temporary = `${link}.tmp`;
  rmSync(temporary, { force: true });
  symlinkSync(to, temporary);
  renameSync(temporary, link);
  return true;
}

function readLink(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch (error) {
    if (isErrno(error, "ENOENT", "EINVAL")) return undefined;
    throw error;
  }
}

function configText(spec: OverlaySpec): string {
  return `${JSON.stringify(resolverConfigOf(spec), undefined, 2)}\n`;
}
