import type { SshConnection } from "../ssh/connection.js";
import { executable, library } from "./install.js";
import { script } from "./put.js";

/**
 * Removes what an installation left that broke off. An agent that is whole goes with its last overlay, an administrator's stays, and whoever installs at this moment is let be: an upload that was cut off takes a moment
 * to notice. In the pattern the letter is in brackets: else grep would find itself among the processes.
 */
const clearScript = [
  "set -eu",
  'installs() { grep -qs "overlaynet-[i]nstall" /proc/[0-9]*/cmdline; }',
  "for n in 1 2 3 4 5 6 7 8 9 10; do installs || break; sleep 0.3; done",
  'if installs || [ -e "$2" ] || [ -e /var/lib/overlaynet ] || grep -qs administrator "$1/installed-by"; then exit 0; fi',
  'rm -rf "$1" "$2"',
].join("\n");

/** Leaves a host without an agent as it was before one was begun to be put there. @throws Error with what the host said, SessionLost when the connection broke */
export async function clear(connection: SshConnection, sudo: boolean): Promise<void> {
  await script(connection, sudo, "overlaynet-clear", clearScript, [library, executable]);
}
