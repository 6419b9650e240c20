/** `npm run bench:scale [-- NODE-FLAG…]`: what a resolver takes and how long, with one record, ten thousand and a hundred thousand. */
import { resolverFlags } from "@overlaynet/agent/artifacts";
import { execaSync } from "execa";
import { setTimeout as delay } from "node:timers/promises";
import { Daemon } from "./daemon.js";
import { changeTimes } from "./change.js";
import { machine } from "../machine.js";
import { Overlay } from "./overlay.js";
import { quantile } from "../statistics.js";
import { unpackRuntime } from "./runtime.js";
import { writeSection } from "../results.js";

const idleSeconds = 10;

interface Measured {
  readonly count: number;
  readonly filled: number;
  readonly batch: number;
  readonly restarted: number;
  readonly resident: number;
  readonly own: number;
  readonly busy: number;
  readonly changes: readonly number[];
}

async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const flags = given.length > 0 ? given : resolverFlags;
  const overlay = new Overlay();
  const rows: Measured[] = [];
  try {
    const runtime = await unpackRuntime(overlay.folder);
    let recorded = 0;
    for (const count of [1, 10_000, 100_000]) {
      overlay.record(recorded, count);
      recorded = count;
      overlay.dropDevice();
      overlay.makeDevice();
      const batch = overlay.fillByBatch(count);
      overlay.dropDevice();
      overlay.makeDevice();
      const cold = await Daemon.start(overlay, runtime.node, runtime.bundle, flags);
      await cold.stop();
      const warm = await Daemon.start(overlay, runtime.node, runtime.bundle, flags);
      const changes = await changeTimes(overlay, 50);
      const before = warm.ticks;
      await delay(idleSeconds * 1000);
      const { all, own } = warm.resident;
      const busy = warm.ticks - before;
      await warm.stop();
      rows.push({ count, filled: cold.seconds, batch, restarted: warm.seconds, resident: all, own, busy, changes });
    }
  } finally {
    overlay.remove();
  }
  const node = execaSync("node", ["--version"]).stdout;
  const section = `## Resolver: scale

\`npm run bench:scale\`: the bundle under the runtime of hosts with \`${flags.join(" ")}\` (the bench itself under ${node}), \`resolve: "push"\`. A record is an address with its MAC and VTEP: two files. *Filled*: from the
start of the process to readiness, the kernel's tables empty before. *Restarted*: the same, the kernel's tables as they should be. *Changed*: from the
renaming of a record's file to the kernel's own notice of the entry, 50 times. *Idle*: processor time used in ${idleSeconds} seconds in which nothing happens.

${machine()}

| records | filled | \`ip -batch\` and \`bridge -batch\` | restarted | changed p50 | p99 | resident | of it not shared with files | idle |
|---|---|---|---|---|---|---|---|---|
${rows.map(row).join("\n")}
`;
  console.log(section);
  writeSection(section);
}

function row({ count, filled, batch, restarted, resident, own, busy, changes }: Measured): string {
  const milliseconds = [0.5, 0.99].map((share) => `${quantile(changes, share).toFixed(2)} ms`);
  const cells = [
    count,
    `${filled.toFixed(2)} s`,
    `${batch.toFixed(2)} s`,
    `${restarted.toFixed(2)} s`,
    ...milliseconds,
    `${resident.toFixed(0)} MB`,
    `${own.toFixed(0)} MB`,
    `${busy * 10} ms`,
  ];
  return `| ${cells.join(" | ")} |`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
