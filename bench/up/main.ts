/** `npm run bench:up [-- CONTAINERS HOSTS]`: what `pulumi up` of many containers takes, beside as many no-op dynamic resources. Needs root. */
import { machine } from "../machine.js";
import { writeSection } from "../results.js";
import { measure, type Measured, type Scale } from "./measure.js";

async function main([containers, hosts]: readonly string[]): Promise<void> {
  const asked: readonly Scale[] = [{ containers: Number(containers), hosts: Number(hosts ?? 2) }];
  const scales = containers === undefined ? whole : asked;
  const rows: string[] = [];
  for (const scale of scales) rows.push(row(await measure(scale)));
  const section = `## \`pulumi up\` of many containers

\`npm run bench:up\`: the hosts have agent and overlay; one \`up --skip-preview\` adds all containers. Beside it the same for as many dynamic resources whose create does
nothing, whose state is next to nothing and which nobody has to be asked about: what the engine, its file backend and Node.js take. File backend, real sshd and systemd on every host.

${machine()}

| | up | no-op resources | ratio | up without a change | no-op resources | state per container |
|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
  console.log(section);
  if (containers === undefined) writeSection(section);
}

const whole: readonly Scale[] = [
  { containers: 200, hosts: 2 },
  { containers: 50, hosts: 8 },
];

function row(measured: Measured): string {
  const { containers, hosts, create, noopCreate, unchanged, noopUnchanged, stateBytes } = measured;
  const cells = [
    `${containers} containers on ${hosts} hosts`,
    `${create.toFixed(1)} s`,
    `${noopCreate.toFixed(1)} s`,
    (create / noopCreate).toFixed(2),
    `${unchanged.toFixed(1)} s`,
    `${noopUnchanged.toFixed(1)} s`,
    `${stateBytes} bytes`,
  ];
  return `| ${cells.join(" | ")} |`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
