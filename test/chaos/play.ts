import { Lab } from "../hosts/index.js";
import { type History, tell } from "./operation.js";
import { ChaosWorld } from "./world.js";

/** Where a history came to grief. */
export interface Failure {
  /** How many of its operations had happened, the last of them the one that showed it. */
  readonly after: number;
  readonly error: Error;
}

export interface PlayOptions {
  /** The lab's name. */
  readonly name: string;
  /** Told each operation before it happens. */
  readonly progress: (line: string) => void;
  /** By performance.now(): no operation begins after it, but for those that end a history. */
  readonly deadline?: number;
}

/** Plays a history on hosts of its own, which are gone after it. Undefined when every promise was kept. */
export async function play(
  history: History,
  { name, progress, deadline = Infinity }: PlayOptions,
): Promise<Failure | undefined> {
  let after = 0;
  try {
    const world = await ChaosWorld.build(name);
    for (const operation of history) {
      if (performance.now() > deadline) break;
      progress(`${after + 1}: ${tell(operation)}`);
      after += 1;
      await world.take(operation);
    }
    progress("end");
    await world.end();
    return undefined;
  } catch (error) {
    return { after, error: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    await Lab.down(name);
  }
}
