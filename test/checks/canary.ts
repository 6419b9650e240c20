import { readdir, readFile } from "node:fs/promises";
import { setImmediate as turn } from "node:timers/promises";

/** Secrets that are looked for, by what they are called in failures. */
export type Canaries = Readonly<Record<string, string>>;

/** The names of those that a text holds. */
export function found(canaries: Canaries, text: string): string[] {
  return Object.keys(canaries).filter((name) => text.includes(canaries[name]!));
}

/** What was seen of the processes of this machine, which those of lab hosts are among. */
export interface Watched {
  /** How often all were looked at. */
  readonly rounds: number;
  /** Each a canary's name and where it was: `password in environ of node /…/run`. */
  readonly sightings: ReadonlySet<string>;
}

/** Looks at the arguments and the environment of every process, again and again while some work is done. */
export async function watchProcesses(canaries: Canaries, work: Promise<unknown>): Promise<Watched> {
  const sightings = new Set<string>();
  let rounds = 0;
  const over = new AbortController();
  const done = work.finally(() => {
    over.abort();
  });
  done.catch(() => undefined);
  while (!over.signal.aborted) {
    const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    for (const id of processes) {
      // Empty when it ends just now, or begins: it is looked at again in the next round.
      const cmdline = await contents(id, "cmdline");
      if (cmdline === "") continue;
      const command = cmdline.replaceAll("\0", " ");
      for (const [file, text] of [
        ["cmdline", cmdline],
        ["environ", await contents(id, "environ")],
      ] as const) {
        for (const name of found(canaries, text)) sightings.add(`${name} in ${file} of ${command}`);
      }
    }
    rounds += 1;
    await turn();
  }
  await done;
  return { rounds, sightings };
}

/** What a file of a process says; nothing when the process has ended. */
function contents(id: string, file: string): Promise<string> {
  return readFile(`/proc/${id}/${file}`, "latin1").catch(() => "");
}
