import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { type Architecture, launcher } from "@overlaynet/agent/artifacts";
import { type Artifacts, executable, library } from "./install.js";
import { pruneScript } from "./put.js";

/** Whom and what an administrator lets in. */
export interface Restricted {
  /** The account that Pulumi logs in with: it may become root for sessions, and for nothing else. */
  readonly user: string;
  readonly architecture: Architecture;
}

/** Takes a file in base64 from standard input; the same promise as the provider's own upload (put.ts): whole or not at all. */
const put = `put() { # FOLDER NAME MODE SHA256 [gzip]
  mkdir -p "$1"; t=$(mktemp "$1/.$2.XXXXXXXX")
  if [ "\${5:-}" = gzip ]; then base64 -d | gzip -dc > "$t"; else base64 -d > "$t"; fi
  s=$(sha256sum < "$t"); s=\${s%% *}
  if [ "$s" != "$4" ]; then rm -f "$t"; echo "$2 has the sha256 $s, expected $4; nothing was kept" >&2; exit 1; fi
  chmod "$3" "$t"; mv -f "$t" "$1/$2"
}`;

/**
 * The script by which an administrator sets a host up for the restricted mode: the agent and its runtime, the note that they are the administrator's, and one line of sudoers. To be read, then run
 * as root on the host; running it again, or a later version's, replaces what is there. The files are in it, so the host needs no network.
 */
export async function* administratorScript(
  { user, architecture }: Restricted,
  artifacts: Artifacts,
  say: (line: string) => void,
): AsyncGenerator<string> {
  const agent = await artifacts.agent(architecture, say);
  const runtime = await artifacts.runtime(architecture, say);
  const node = `${library}/node-${artifacts.runtimeDigest(architecture)}`;
  const folder = `${library}/agent-${agent.digest}`;
  yield `#!/bin/sh
# overlaynet ${agent.version} for ${architecture}, to be run as root on a host: user ${user} may then have overlay networks made there, and nothing else.
# Puts the agent below ${library}, links ${executable} to it, and lets
# ${user} run \`sudo ${executable} session\`. To take it back, when no overlay is left:
#   rm -r ${library} ${executable} /etc/sudoers.d/overlaynet
set -eu; umask 022
if [ "$(id -u)" != 0 ]; then echo "run this as root" >&2; exit 1; fi
${put}
id -u ${user} >/dev/null
mkdir -p ${library}
# Says to the provider that it is not to replace or remove the agent.
echo administrator > ${library}/installed-by
t=$(mktemp /etc/.overlaynet.XXXXXXXX)
echo '${user} ALL=(root) NOPASSWD: ${executable} session' > "$t"
visudo -cqf "$t"
chmod 440 "$t"; mv -f "$t" /etc/sudoers.d/overlaynet
`;
  const text = launcher(`${node}/node`, folder);
  yield* file(node, "node", 0o755, runtime.sha256OfNode, createReadStream(runtime.gzipPath), true);
  for (const { name, path, mode } of agent.files) {
    const bytes = await readFile(path);
    yield* file(folder, name, mode, sha256Of(bytes), Readable.from([bytes]), false);
  }
  yield* file(folder, "overlaynet", 0o755, sha256Of(text), Readable.from([Buffer.from(text)]), false);
  yield `mkdir -p ${executable.slice(0, executable.lastIndexOf("/"))}
ln -sfn ../lib/overlaynet/agent-${agent.digest}/overlaynet ${executable}
set -- ${library} agent-${agent.digest}
${pruneScript}
echo "overlaynet ${agent.version} is installed; ${user} may run sudo ${executable} session"
`;
}

async function* file(
  folder: string,
  name: string,
  mode: number,
  sha256: string,
  content: Readable,
  gzip: boolean,
): AsyncGenerator<string> {
  yield `put ${folder} ${name} ${mode.toString(8)} ${sha256} ${gzip ? "gzip " : ""}<<'END'\n`;
  yield* base64Lines(content);
  yield "END\n";
}

/** Lines of 76 characters, as base64(1) takes them: 57 bytes each, whatever pieces the bytes come in. */
async function* base64Lines(content: Readable): AsyncGenerator<string> {
  const width = 57;
  let rest = Buffer.alloc(0);
  for await (const chunk of content) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    const whole = bytes.length - (bytes.length % width);
    rest = bytes.subarray(whole);
    const text = bytes.toString("base64", 0, whole);
    yield text.replace(/.{76}/g, "$&\n");
  }
  if (rest.length > 0) yield `${rest.toString("base64")}\n`;
}

function sha256Of(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
