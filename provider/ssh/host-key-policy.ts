import { readFile } from "node:fs/promises";
import { algorithmsOf, fingerprint, type HostKey, parsePin, sameKey, typeOfBlob } from "./host-key.js";
import { type KnownHost, lookUp } from "./known-hosts.js";
import type { Target } from "./target.js";

/** Decides whether a host is the one that is meant. Made before dialling, asked before anything else is said to the host. */
export interface HostKeyPolicy {
  /** The signature algorithms to ask for: only those of keys that are known, or ssh2 would prefer another type and a known host would look like a stranger. Absent: all. */
  readonly algorithms: readonly string[] | undefined;
  /** Why the key is refused, as a sentence; undefined when it is accepted. */
  judge(blob: Buffer): string | undefined;
}

/** Keys that `accept-new` has accepted in this process; nothing is written to known_hosts. */
const accepted = new Map<string, Buffer>();

/** The policy for a target: its pinned key, else its known_hosts files. What cannot be read counts as empty; a host that nobody knows is refused. */
export async function hostKeyPolicy(target: Target): Promise<HostKeyPolicy> {
  if (target.hostKey !== undefined) return pinned(target.hostKey);
  if (target.hostKeyCheck === "off") return { algorithms: undefined, judge: () => undefined };
  const files = await Promise.all(target.knownHostsPaths.map((path) => readFile(path, "utf8").catch(() => "")));
  const known = lookUp(files.join("\n"), target.host, target.port);
  return knownHosts(known, target);
}

function pinned(text: string): HostKeyPolicy {
  const key = parsePin(text);
  if (key === undefined) {
    return {
      algorithms: undefined,
      judge: () => "the connection's hostKey cannot be read; give it as ssh-keyscan prints it",
    };
  }
  return {
    algorithms: algorithmsOf(key.type),
    judge: (blob) =>
      fingerprint(blob) === key.fingerprint
        ? undefined
        : `expected ${key.fingerprint} as pinned by hostKey, got ${fingerprint(blob)}; if the host was set up anew, pin its new key, else somebody is in between`,
  };
}

function knownHosts(known: KnownHost, target: Target): HostKeyPolicy {
  const files = target.knownHostsPaths.join(", ");
  const name = target.port === 22 ? target.host : `[${target.host}]:${target.port}`;
  const algorithms = [...new Set(known.keys.flatMap((key) => algorithmsOf(key.type)))];
  const judge = (blob: Buffer): string | undefined => {
    if (known.revoked.some((key) => sameKey(key.blob, blob))) {
      return `its key ${fingerprint(blob)} is marked @revoked in ${files}`;
    }
    if (known.keys.some((key) => sameKey(key.blob, blob))) return undefined;
    if (known.keys.length > 0) {
      return `expected ${list(known.keys)} as in ${files}, got ${fingerprint(blob)}; if the host was set up anew, remove the old line (ssh-keygen -R '${name}'), else somebody is in between`;
    }
    return target.hostKeyCheck === "accept-new" ? acceptNew(name, blob) : stranger(known, name, files, blob);
  };
  return { algorithms: algorithms.length > 0 ? algorithms : undefined, judge };
}

function acceptNew(name: string, blob: Buffer): string | undefined {
  const before = accepted.get(name);
  if (before === undefined) accepted.set(name, blob);
  if (before === undefined || sameKey(before, blob)) return undefined;
  return `expected ${fingerprint(before)} as a moment ago, got ${fingerprint(blob)}; somebody may be in between`;
}

function stranger(known: KnownHost, name: string, files: string, blob: Buffer): string {
  const authority = known.authority
    ? " (the @cert-authority line there is of no use: certificates are not supported)"
    : "";
  const line = `${typeOfBlob(blob) ?? "ssh-ed25519"} ${blob.toString("base64")}`;
  return `nothing in ${files} says that ${name} has the key ${fingerprint(blob)}${authority}; if that is its key, set hostKey to "${line}" or add it to known_hosts`;
}

function list(keys: readonly HostKey[]): string {
  return keys.map((key) => fingerprint(key.blob)).join(" or ");
}
