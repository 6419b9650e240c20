import { readFile } from "node:fs/promises";
import { until } from "../hosts/poll.js";

/**
 * The host key that a machine tells on its serial console (vagrant/box/files/usr/local/sbin/announce-host-key): nobody
 * else can write there, so it can be believed before any connection is made.
 *
 * @param file the console's output; it starts anew with each boot.
 * @returns the public key, `ssh-ed25519 AAAA…`.
 * @throws with the console's end when the machine tells none within two minutes.
 */
export async function announcedHostKey(file: string): Promise<string> {
  const told = async (): Promise<string | undefined> => {
    return /overlaynet host key: (ssh-ed25519 [A-Za-z0-9+/=]+)\s/.exec(await readConsole(file))?.[1];
  };
  const evidence = async (): Promise<string> => (await readConsole(file)).slice(-3_000);
  return until(`the host key on the console ${file}`, told, { within: 120_000 }, evidence);
}

/** How often the machine has told its key since it was last switched on: once a boot. */
export async function bootsOnConsole(file: string): Promise<number> {
  return (await readConsole(file)).split("overlaynet host key: ").length - 1;
}

/** All that a machine has written to its console since it was last switched on; nothing when it never was. */
export async function readConsole(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
