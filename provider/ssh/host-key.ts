import { createHash, timingSafeEqual } from "node:crypto";

/** A host's public key: its type by SSH's name, and its wire form (RFC 4253 section 6.6). */
export interface HostKey {
  readonly type: string;
  readonly blob: Buffer;
}

/**
 * Reads a key as a line of authorized_keys, known_hosts or `ssh-keyscan` holds it: `ssh-ed25519 AAAA… comment`.
 *
 * @returns undefined when the text is no such key, or its wire form is of another type than it says
 */
export function parseHostKey(text: string): HostKey | undefined {
  const [type, base64] = text.trim().split(/\s+/);
  if (type === undefined || base64 === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const blob = Buffer.from(base64, "base64");
  return typeOfBlob(blob) === type ? { type, blob } : undefined;
}

/** A key that is expected: its type, and its fingerprint as `ssh-keygen -l` prints it. */
export interface PinnedKey {
  readonly type: string;
  readonly fingerprint: string;
}

/** Reads a key, or its type and fingerprint: `ssh-ed25519 SHA256:…`. @returns undefined when the text is neither */
export function parsePin(text: string): PinnedKey | undefined {
  const [type, print] = text.trim().split(/\s+/);
  if (type !== undefined && /^[a-z0-9@.-]+$/.test(type) && /^SHA256:[A-Za-z0-9+/]{43}$/.test(print ?? "")) {
    return { type, fingerprint: print ?? "" };
  }
  const key = parseHostKey(text);
  return key === undefined ? undefined : { type: key.type, fingerprint: fingerprint(key.blob) };
}

/** The type that a key's wire form begins with. */
export function typeOfBlob(blob: Buffer): string | undefined {
  if (blob.length < 4) return undefined;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length < 4 + length) return undefined;
  return blob.toString("latin1", 4, 4 + length);
}

/** As `ssh-keygen -l` prints it: `SHA256:…`. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** Whether both are the same key; takes the same time wherever they differ. */
export function sameKey(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** The signature algorithms that a key of this type can answer with; SHA-1 signatures are left out (RFC 8332). */
export function algorithmsOf(type: string): string[] {
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
}
