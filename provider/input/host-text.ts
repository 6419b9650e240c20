import { createHash } from "node:crypto";

/**
 * A host in one line, as Containers and NeighEntries keep those of their overlay: its address, how it is reached, and the fingerprint of its
 * key, such as `192.168.64.27 user=admin ssh-ed25519:4Xr…`. Each of them keeps every host, twice, and the engine writes all of it anew at each
 * step (docs/adr/0015-hosts-in-a-line.md).
 *
 * Imports nothing of this project: programs load it with the classes.
 */
const texts = new Set(["host", "user", "privateKeyPath", "agentSocketPath", "hostKeyCheck", "knownHostsPath"]);
const numbers = new Set(["port", "dialErrorLimit", "perDialTimeout", "dialRetryWait"]);

/** A type of key and the fingerprint of one, as `ssh-keygen -l` prints it behind `SHA256:`. */
const pinForm = /^([a-z0-9@.-]+):([A-Za-z0-9+/]{43})$/;

/** The host in a line; undefined when one cannot say it: what is secret, not known yet, or has white space in it stays as it is. */
export function hostText(host: unknown): string | undefined {
  const { address, connection = {}, ...others } = membersOf(host) ?? {};
  const given = membersOf(connection);
  if (typeof address !== "string" || given === undefined || Object.keys(others).length > 0 || !isWord(address)) {
    return undefined;
  }
  const words: string[] = [address];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    const word = name === "hostKey" ? pinWord(value) : wordOf(name, value);
    if (word === undefined) return undefined;
    words.push(word);
  }
  return words.join(" ");
}

/** Hosts in lines, and what all lines say of how their hosts are reached, said once; each host that is in no line stays as it is. */
export interface HostTexts {
  readonly hosts: Readonly<Record<string, unknown>>;
  /** Words that belong to every line. */
  readonly connection?: string;
}

/** Writes each host in a line where one can say it ({@link hostText}). */
export function hostTexts(hosts: Readonly<Record<string, unknown>>): HostTexts {
  const lines = Object.entries(hosts).map(([name, host]) => ({ name, host, words: hostText(host)?.split(" ") }));
  const [first = [], ...others] = lines.flatMap(({ words }) => (words === undefined ? [] : [words.slice(1)]));
  const common = others.length === 0 ? [] : first.filter((word) => others.every((words) => words.includes(word)));
  const own = ([address = "", ...words]: readonly string[]): string =>
    [address, ...words.filter((word) => !common.includes(word))].join(" ");
  const texts = lines.map(({ name, host, words }): [string, unknown] => [
    name,
    words === undefined ? host : own(words),
  ]);
  return { hosts: Object.fromEntries(texts), ...(common.length === 0 ? {} : { connection: common.join(" ") }) };
}

/** The host that a line says, in the form of a program's arguments; its values are not checked. Undefined when it is no such line. @param common words that belong to it too */
export function hostOfText(
  text: string,
  common = "",
): { address: string; connection?: Record<string, unknown> } | undefined {
  const [address = "", ...words] = (common === "" ? text : `${text} ${common}`).split(" ");
  const connection: Record<string, unknown> = {};
  for (const word of words) {
    const [, type, print] = pinForm.exec(word) ?? [];
    const [name, value] = type === undefined ? splitOnce(word) : ["hostKey", `${type} SHA256:${print}`];
    if (value === undefined || name in connection) return undefined;
    if (name === "hostKey" || texts.has(name)) connection[name] = value;
    else if (numbers.has(name) && isNumber(value)) connection[name] = Number(value);
    else return undefined;
  }
  if (!isWord(address)) return undefined;
  return { address, ...(words.length === 0 ? {} : { connection }) };
}

function wordOf(name: string, value: unknown): string | undefined {
  if (texts.has(name)) return typeof value === "string" && isWord(value, true) ? `${name}=${value}` : undefined;
  return numbers.has(name) && typeof value === "number" && isNumber(String(value)) ? `${name}=${value}` : undefined;
}

/** `ssh-ed25519 AAAA…` or `ssh-ed25519 SHA256:…` as a word; undefined for what is neither, which stays to be refused. */
function pinWord(value: unknown): string | undefined {
  const [type = "", key = ""] = typeof value === "string" ? value.trim().split(/\s+/) : [];
  const print = key.startsWith("SHA256:") ? key.slice(7) : printOf(type, key);
  const word = `${type}:${print}`;
  return pinForm.test(word) ? word : undefined;
}

/** The fingerprint of a key whose wire form is of the type that it says (RFC 4253 section 6.6). */
function printOf(type: string, base64: string): string {
  const blob = Buffer.from(base64, "base64");
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  const isWhole = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && blob.toString("latin1", 4, 4 + length) === type;
  return isWhole ? createHash("sha256").update(blob).digest("base64").replace(/=+$/, "") : "";
}

function membersOf(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain ? (value as Record<string, unknown>) : undefined;
}

function isWord(text: string, mayBeEmpty = false): boolean {
  return /^\S*$/.test(text) && (mayBeEmpty || (text !== "" && !text.includes("=")));
}

function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}

function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
