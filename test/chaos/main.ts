/**
 * `npm run chaos -- [--seed N] [--minutes M] [--shrink TRIES] [--history FILE]`: lets random things happen to three lab hosts and holds the promises
 * against them, one history of fifteen operations after the other, the next one's seed being one higher. A violation ends it, with the
 * seed and the shortest history found that shows it, which `--history` plays again. Needs root.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type History, historyOf } from "./operation.js";
import { type Failure, play } from "./play.js";
import { shrink } from "./shrink.js";

const name = "chaos";
const length = 15;
const say = (line: string): void => {
  console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
};

async function main(): Promise<void> {
  const options = {
    seed: { type: "string" },
    minutes: { type: "string" },
    shrink: { type: "string" },
    history: { type: "string" },
  } as const;
  const { values } = parseArgs({ options });
  const [seed, minutes, tries] = [
    Number(values.seed ?? Date.now() % 2 ** 31),
    Number(values.minutes ?? 5),
    Number(values.shrink ?? 8),
  ];
  if (!Number.isInteger(seed) || !(minutes > 0) || !Number.isInteger(tries)) {
    throw new Error("expected --seed N and --shrink TRIES, whole numbers, and --minutes M above zero");
  }
  if (values.history !== undefined) {
    const failure = await play(JSON.parse(readFileSync(values.history, "utf8")) as History, { name, progress: say });
    if (failure !== undefined) throw failure.error;
    return;
  }
  const end = performance.now() + minutes * 60_000;
  for (let next = seed; performance.now() < end; next += 1) {
    say(`--seed ${next}`);
    const history = historyOf(next, length, true);
    const failure = await play(history, { name, progress: say, deadline: end });
    if (failure !== undefined) return report(next, history, failure, tries);
  }
  say(`${minutes} minutes without a violation`);
}

async function report(seed: number, history: History, failure: Failure, tries: number): Promise<void> {
  process.exitCode = 1;
  say(`VIOLATION with --seed ${seed} after ${failure.after} operations: ${failure.error.message}`);
  const fails = async (part: History): Promise<boolean> => {
    say(`trying ${part.length} operations`);
    return (await play(part, { name, progress: say })) !== undefined;
  };
  const shortest = await shrink(history.slice(0, failure.after), fails, tries);
  say(`the shortest history found, of seed ${seed}:\n${JSON.stringify(shortest, undefined, 1)}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
