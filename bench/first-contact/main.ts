/** `npm run bench:first-contact [-- PAIRS] [--scan]`: what the first packet between two containers that never spoke meets with, in `resolve: "miss"`; with --scan, while another container scans the network. */
import { parseArgs } from "node:util";
import { machine } from "../machine.js";
import { writeSection } from "../results.js";
import { quantile } from "../statistics.js";
import { type FirstContacts, firstContacts, mostPairs } from "./pairs.js";

/** The whole network in seven seconds. */
const scanRate = 10_000;
/** Without the reply each takes a second or two, and they hardly differ. */
const fewPairs = 50;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { scan: { type: "boolean" } } });
  const pairs = Number(positionals[0] ?? 1000);
  if (!Number.isInteger(pairs) || pairs < 1 || pairs > mostPairs) {
    throw new Error(`PAIRS is a whole number from 1 to ${mostPairs}`);
  }
  if (values.scan === true) {
    await duringScan(pairs);
    return;
  }
  const answered = await firstContacts(pairs, true);
  const unanswered = await firstContacts(Math.min(pairs, fewPairs), false);
  const section = `## First contact

\`npm run bench:first-contact\`: ${pairs} pairs of containers on two hosts (namespaces on one machine), \`resolve: "miss"\`, no entry known on either host. Round
trip of the first ping, from its sending, by ping's own clock; both hosts' resolvers answer a miss in it.

${machine()}

| | p50 | p90 | p99 | slowest | lost |
|---|---|---|---|---|---|
${row("answered by an injected ARP reply", answered)}
${row("without the reply: the container asks again by itself", unanswered)}
`;
  console.log(section);
  writeSection(section);
}

async function duringScan(pairs: number): Promise<void> {
  const contacts = await firstContacts(pairs, true, scanRate);
  const section = `## First contact during a scan

\`npm run bench:first-contact -- --scan\`: the same, while a third container of the first host sends ${scanRate} ARP requests per second for all addresses of the
/16 in turn, most of which nobody has. Known again to nobody before each contact: the scan has asked for it too.

${machine()}

| | p50 | p90 | p99 | slowest | lost |
|---|---|---|---|---|---|
${row(`${pairs} pairs, goal: less than 5 ms`, contacts)}
`;
  console.log(section);
  writeSection(section);
}

function row(name: string, { times, lost, pairs }: FirstContacts): string {
  const figures = [0.5, 0.9, 0.99, 1].map((share) => `${quantile(times, share).toFixed(2)} ms`);
  return `| ${[name, ...figures, `${lost} of ${pairs}`].join(" | ")} |`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
