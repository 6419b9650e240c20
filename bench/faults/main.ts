/** `npm run bench:faults [-- ROUNDS]`: how long the overlay takes to recover from each fault of test/fault, and what others lose meanwhile. Needs root. */
import { faults } from "@overlaynet/test/fault/index";
import { FaultScene, type Measured } from "@overlaynet/test/fault/scene";
import { Lab } from "@overlaynet/test/hosts/lab";
import { machine } from "../machine.js";
import { writeSection } from "../results.js";
import { quantile } from "../statistics.js";

const name = "bench-faults";

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 5);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("ROUNDS is a whole number from 1");
  try {
    const scene = await FaultScene.build(name);
    const measured = new Map<string, Measured[]>(faults.map((fault) => [fault.name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const fault of faults) {
        const result = await scene.measure(fault);
        measured.get(fault.name)?.push(result);
        console.log(`${round + 1}: ${fault.name}: ${result.recovery} ms, ${result.lost} of ${result.sent} lost`);
      }
    }
    report(rounds, measured);
  } finally {
    await Lab.down(name);
  }
}

function report(rounds: number, measured: ReadonlyMap<string, readonly Measured[]>): void {
  const rows = [...measured].map(([fault, results]) => {
    const times = results.map(({ recovery }) => recovery);
    const sum = (of: (one: Measured) => number): number => results.reduce((total, one) => total + of(one), 0);
    const seconds = (share: number): string => `${(quantile(times, share) / 1000).toFixed(2)} s`;
    return `| ${[fault, seconds(0.5), seconds(1), `${sum(({ lost }) => lost)} of ${sum(({ sent }) => sent)}`].join(" | ")} |`;
  });
  const section = `## Faults

\`npm run bench:faults\`: each fault of [test/fault](../test/fault/README.md) on three lab hosts, ${rounds} times. *Recovery*: from the moment it is struck (where it lasts: from its end) until every pair of four
containers pings and what the fault is about is as before; finding out takes 0.2 to 0.5 s of it. *Lost*: pings, one each 10 ms, of containers that should not notice.

${machine()}

| fault | recovery, median | worst | lost |
|---|---|---|---|
${rows.join("\n")}
`;
  console.log(section);
  writeSection(section);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
