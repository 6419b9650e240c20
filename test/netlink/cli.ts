/** `npm run fuzz -- [--seconds N] [--seed S]`: the netlink codec on damaged datagrams, for ten seconds unless told; the seed tells the way back. */
import { parseArgs } from "node:util";
import { corpus } from "./samples.js";
import { fuzz } from "./fuzz.js";
import { takeDatagram } from "./target.js";

function main(): void {
  const { values } = parseArgs({ options: { seconds: { type: "string" }, seed: { type: "string" } } });
  const seconds = Number(values.seconds ?? 10);
  const seed = Number(values.seed ?? Date.now() % 2 ** 32);
  if (!(seconds > 0) || !Number.isInteger(seed)) {
    throw new Error("expected --seconds N above zero and --seed S, a whole number");
  }
  const samples = corpus().map(({ bytes }) => bytes);
  console.log(`${samples.length} datagrams in the corpus, ${seconds} s, --seed ${seed}`);
  samples.forEach(takeDatagram);
  console.log(`${fuzz(samples, seed, { seconds }, takeDatagram)} datagrams taken without a failure`);
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
}
