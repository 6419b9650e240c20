/** `npm run bench:up [-- CONTAINERS HOSTS]`: what `pulumi up` of many containers takes, beside as many no-op dynamic resources. Needs root. */
import { machine } from "../machine.js";
import { writeSection } from "../results.js";
import { measure, type Measured, type Scale } from "./measure.js";

async function main([containers, hosts]: readonly string[]): Promise<void> {
  const asked: readonly Scale[] = [{ containers: Number(containers), hosts: Number(hosts ?? 2) }];
  const scales = containers === undefined ? whole : asked;
  const rows: Measured[] = [];
  for (const scale of scales) rows.push(await measure(scale));
  const section = `## \`pulumi up\` of many containers

\`npm run bench:up\`: the hosts have agent and overlay; one \`up --skip-preview\` adds all containers. Beside it the same for as many dynamic resources whose create does
nothing and which nobody has to be asked about: _bare_ with next to no state, what engine, file backend and Node.js take; _alike_ with a container's inputs, outputs and dependency. Real sshd and systemd on
every host. In a lab the hosts share the operator's processors, so that processor time is told apart: _operator_ is engine, program and provider, _hosts_ is agents, what they run, resolvers and sshd.

${machine()}

| | up | bare | ratio | alike | ratio | state per container | up without a change | bare |
|---|---|---|---|---|---|---|---|---|
${rows.map(elapsedRow).join("\n")}

| processor time | operator | bare | ratio | alike | ratio | hosts |
|---|---|---|---|---|---|---|
${rows.map(processorRow).join("\n")}
`;
  console.log(section);
  if (containers === undefined) writeSection(section);
}

const whole: readonly Scale[] = [
  { containers: 200, hosts: 2 },
  { containers: 50, hosts: 8 },
];

function elapsedRow(measured: Measured): string {
  const { ours, bare, alike, stateBytes } = measured;
  const created = [ours, bare, alike].map(({ create }) => create.elapsed);
  return row([
    title(measured),
    ...beside(created),
    `${stateBytes} bytes`,
    seconds(ours.unchanged.elapsed),
    seconds(bare.unchanged.elapsed),
  ]);
}

function processorRow(measured: Measured): string {
  const { ours, bare, alike } = measured;
  const used = [ours, bare, alike].map(({ create }) => create.operator);
  return row([title(measured), ...beside(used), seconds(ours.create.hosts)]);
}

/** Of ours and its references, each with its ratio. */
function beside([ours = Number.NaN, ...references]: readonly number[]): string[] {
  return [seconds(ours), ...references.flatMap((one) => [seconds(one), (ours / one).toFixed(2)])];
}

function title({ containers, hosts }: Scale): string {
  return `${containers} containers on ${hosts} hosts`;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
