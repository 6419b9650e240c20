import { createHmac } from "node:crypto";
import { type HostKey, parseHostKey } from "./host-key.js";

/** What known_hosts says of one host. */
export interface KnownHost {
  /** Keys that it may have. */
  readonly keys: readonly HostKey[];
  /** Keys that it must not have any more (`@revoked`). */
  readonly revoked: readonly HostKey[];
  /** Whether a certificate authority is named for it, which ssh2 cannot check. */
  readonly authority: boolean;
}

/**
 * Looks a host up in the text of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): plain and hashed names, `*` and `?`, `!` negation, `[host]:port`. Lines that are malformed are passed
 * over, as OpenSSH does.
 */
export function lookUp(text: string, host: string, port: number): KnownHost {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  const keys: HostKey[] = [];
  const revoked: HostKey[] = [];
  let authority = false;
  for (const line of text.split("\n")) {
    const entry = parseLine(line);
    if (entry === undefined || !matches(entry.hosts, name)) continue;
    if (entry.marker === "@cert-authority") authority = true;
    else if (entry.marker === "@revoked") revoked.push(entry.key);
    else keys.push(entry.key);
  }
  return { keys, revoked, authority };
}

interface Line {
  readonly marker: string | undefined;
  readonly hosts: string;
  readonly key: HostKey;
}

function parseLine(line: string): Line | undefined {
  const words = line.trim().split(/\s+/);
  if (words[0]?.startsWith("#") === true) return undefined;
  const marker = words[0]?.startsWith("@") === true ? words.shift() : undefined;
  if (marker !== undefined && marker !== "@revoked" && marker !== "@cert-authority") return undefined;
  const [hosts, type, base64] = words;
  if (hosts === undefined || type === undefined || base64 === undefined) return undefined;
  const key = parseHostKey(`${type} ${base64}`);
  return key === undefined ? undefined : { marker, hosts, key };
}

function matches(hosts: string, name: string): boolean {
  if (hosts.startsWith("|")) return matchesHash(hosts, name);
  let found = false;
  for (const pattern of hosts.toLowerCase().split(",")) {
    const negated = pattern.startsWith("!");
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** `|1|salt|hash`, both base64: HMAC-SHA1 of the name under the salt (OpenSSH hostfile.c). */
function matchesHash(hosts: string, name: string): boolean {
  const [, version, salt, hash] = hosts.split("|");
  if (version !== "1" || salt === undefined || hash === undefined) return false;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}

function matchesPattern(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(name);
}
