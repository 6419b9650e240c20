import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { SessionLost } from "../session/failures.js";
import type { SshConnection } from "../ssh/connection.js";

/** A file to be put on a host. */
export interface Upload {
  readonly folder: string;
  readonly name: string;
  readonly mode: number;
  /** sha256 of the file as it shall lie there, in hex. */
  readonly sha256: string;
  /** The bytes: a local path, or a text. */
  readonly from: { readonly path: string } | { readonly text: string };
  /** Whether what is sent is the file compressed by gzip. */
  readonly gzip: boolean;
}

/**
 * Takes a file from standard input into a temporary name beside its place, compares its digest, and only then moves it there: a cut connection, a full disk or two that do the same at once never leave
 * a broken file under the final name. Constant; the values are arguments.
 */
const putScript = [
  "set -eu; umask 022",
  'mkdir -p "$1"; t=$(mktemp "$1/.$2.XXXXXXXX"); trap \'rm -f "$t"\' EXIT',
  'if [ "$5" = gzip ]; then gzip -dc > "$t"; else cat > "$t"; fi',
  's=$(sha256sum < "$t"); s=${s%% *}',
  'if [ "$s" != "$4" ]; then echo "what arrived has the sha256 $s, expected $4" >&2; exit 3; fi',
  'chmod "$3" "$t"; mv -f "$t" "$1/$2"',
].join("\n");

/** Points a symbolic link at its target in one step. */
const linkScript = [
  "set -eu; umask 022",
  'mkdir -p "${2%/*}"; t=$(mktemp -u "$2.XXXXXXXX"); ln -s "$1" "$t"; mv -Tf "$t" "$2"',
].join("\n");

/**
 * Removes agents that no process runs, and runtimes that no agent is started by, but for the agent that is named. In the pattern the slash is in brackets: else grep would find itself among the
 * processes.
 */
export const pruneScript = [
  "set -eu",
  'for f in "$1"/agent-*; do',
  '  [ -d "$f" ] && [ "${f##*/}" != "$2" ] || continue',
  '  if ! grep -qs "${f##*/}[/]" /proc/[0-9]*/cmdline; then rm -rf "$f"; fi; done',
  'for f in "$1"/node-*; do',
  '  [ -d "$f" ] || continue',
  '  if ! grep -qsF "${f##*/}/" "$1"/agent-*/overlaynet; then rm -rf "$f"; fi; done',
].join("\n");

/**
 * Runs a script where PID 1 sees files: an sshd with ProtectSystem sees its own, read-only ones, and with PrivateMounts what is mounted there is nowhere else. Constant, like the scripts.
 */
const asTheHost = [
  "in=",
  '[ "$(readlink /proc/self/ns/mnt)" = "$(readlink /proc/1/ns/mnt)" ] || in="nsenter --target 1 --mount --"',
  'exec $in /bin/sh -c "$@"',
].join("\n");

/** Removes what earlier versions left below a library's folder. @throws as {@link script} */
export async function prune(connection: SshConnection, sudo: boolean, library: string, agent: string): Promise<void> {
  await script(connection, sudo, "overlaynet-install", pruneScript, [library, agent]);
}

/** Puts a file in its place. @throws as {@link script} */
export async function put(connection: SshConnection, sudo: boolean, upload: Upload): Promise<void> {
  const { folder, name, mode, sha256, from, gzip } = upload;
  const args = [folder, name, mode.toString(8), sha256, gzip ? "gzip" : "plain"];
  const input = "path" in from ? createReadStream(from.path) : Readable.from([Buffer.from(from.text)]);
  await script(connection, sudo, "overlaynet-install", putScript, args, input);
}

/** Makes or turns a symbolic link. @throws as {@link script} */
export async function link(connection: SshConnection, sudo: boolean, target: string, path: string): Promise<void> {
  await script(connection, sudo, "overlaynet-install", linkScript, [target, path]);
}

/**
 * Runs a shell script with root's rights.
 *
 * @param name what a list of processes calls it
 * @throws Error with what the host said, SessionLost when the connection broke
 */
export async function script(
  connection: SshConnection,
  sudo: boolean,
  name: string,
  text: string,
  args: readonly string[],
  input?: NodeJS.ReadableStream,
): Promise<void> {
  const root = sudo ? ["sudo", "-n"] : [];
  const argv = [...root, "/bin/sh", "-c", asTheHost, name, text, name, ...args];
  const { code, stderr } = await connection.run(argv, input);
  if (code === 0) return;
  const said = stderr.trim().split("\n").slice(-2).join(" / ");
  if (code === null) throw new SessionLost(said === "" ? "the connection broke, or the command was killed" : said);
  throw new Error(said === "" ? `a command failed (exit ${code}) and did not say why` : said);
}
