/** `npm run bench:resolver [-- SCENARIO…]`: the resolver beside the same job in C and the hand-made way, on misses of the real kernel. */
import { mkdirSync, rmSync } from "node:fs";
import { machine } from "../machine.js";
import { writeSection } from "../results.js";
import { Bench } from "./bench.js";
import { removeLeftovers, runFolder } from "./field.js";
import { type Line, table } from "./line.js";
import { bursts } from "./scenario/burst.js";
import { change } from "./scenario/change.js";
import { idle } from "./scenario/idle.js";
import { latency } from "./scenario/latency.js";
import { load } from "./scenario/load.js";
import { table as tables } from "./scenario/table.js";

const scenarios: Readonly<Record<string, (bench: Bench) => Promise<Line[]>>> = {
  latency,
  burst: bursts,
  load,
  table: tables,
  change,
  idle,
};

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => scenarios[name] === undefined);
  if (unknown.length > 0) {
    throw new Error(`there is no scenario ${unknown.join(", ")}; there are ${Object.keys(scenarios).join(", ")}`);
  }
  await removeLeftovers();
  mkdirSync(runFolder, { recursive: true });
  try {
    const bench = await Bench.prepare(runFolder);
    const lines: Line[] = [];
    for (const name of names.length === 0 ? Object.keys(scenarios) : names) {
      const found = await scenarios[name]!(bench);
      lines.push(...found);
      console.log(`${table(found)}\n`);
    }
    if (names.length === 0) writeSection(section(lines));
  } finally {
    rmSync(runFolder, { recursive: true, force: true });
  }
}

function section(lines: readonly Line[]): string {
  return `## Resolver

\`npm run bench:resolver\`: real misses in a namespace of their own, by a generator that reads from the kernel's notifications when the right entries stand. overlaynet: the runtime, bundle and
launcher that a host gets, real record folders. C: the same job with the records in memory and nothing around it (\`bench/resolver/native/reference.c\`). original: Python and pyroute2, a look into the
files at each miss (\`original.py\`). In turn, several rounds; latencies of a warm daemon with 100 000 records.

${machine()}

${table(lines)}
`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
