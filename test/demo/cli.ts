import { Command } from "commander";
import { mainJob } from "../checks/topology.js";
import { DEFAULT_LAB, type Endpoint, Lab } from "../hosts/index.js";
import { pingTable } from "./matrix.js";
import { Project } from "./project.js";
import { howToLookAround, pingEveryPair, printer } from "./summary.js";

const start = Date.now();

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Runs a stage and says in a line how long it took. */
async function stage<T>(name: string, work: () => PromiseLike<T>): Promise<T> {
  const begun = Date.now();
  const result = await work();
  console.error(`${name}: done (${seconds(begun)})`);
  return result;
}

const say = (text: string): void => {
  console.error(text);
};

async function up(name: string): Promise<void> {
  const lab = await stage("hosts a and b, with systemd and sshd", () => Lab.up({ name, hosts: 2, progress: say }));
  const endpoint = await stage("printer, a VXLAN endpoint made by hand", () => outside(lab));
  const project = await Project.of(lab);
  await stage("stack", () => project.configure());
  const first = await stage("pulumi up", () => project.up());
  const rows = await stage("pings", () => pingEveryPair(lab, endpoint));
  const second = await stage("pulumi up, once more", () => project.up("--expect-no-changes"));
  console.log(`\nThe first pulumi up:\n${summary(first.stdout)}`);
  console.log(`\nThe second, of what is so already:\n${summary(second.stdout)}`);
  console.log(`\nWho pings whom (7.7.7.2 red and 7.7.7.4 green on a, 7.7.7.3 pink on b, 7.7.7.9 printer outside):`);
  console.log(`${pingTable(rows)}\n`);
  console.log(howToLookAround(lab));
  console.log(`\nThe demo is up (${seconds(start)}).`);
  const lost = rows.filter(({ result }) => result.received < result.sent);
  if (lost.length > 0) throw new Error(`${lost.length} of ${rows.length} pairs lost pings`);
}

/** A namespace that speaks VXLAN and knows of the containers, as somebody would set it up with `ip` and `bridge`. */
function outside(lab: Lab): Promise<Endpoint> {
  const peers = Object.values(mainJob(lab).containers).map(({ host, ip }) => {
    const bytes = ip.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
    return { ip, mac: `02:42:${bytes.join(":")}`, vtep: lab.host(host).address };
  });
  return lab.endpoint({ vni: 42, ip: `${printer.ip}/24`, mac: printer.mac, peers });
}

/** What the engine did, without its list of resources: from "Resources:" on. */
function summary(output: string): string {
  const from = output.indexOf("Resources:");
  return output
    .slice(Math.max(from, 0))
    .replace(/^(?=.)/gm, "  ")
    .trimEnd();
}

async function down(name: string): Promise<void> {
  const lab = await Lab.attach(name);
  const project = await Project.of(lab);
  await stage("pulumi destroy", () => project.destroy());
  await stage("the hosts' removal", () => Lab.down(name));
  await project.forget();
}

const program = new Command("demo")
  .description("The main job on two lab hosts: pulumi up, pings, and pulumi up once more")
  .option("--name <name>", "which lab; OVERLAYNET_LAB sets it too", DEFAULT_LAB);
const name = (): string => program.opts<{ name: string }>().name;
program.command("up", { isDefault: true }).action(() => up(name()));
program
  .command("down")
  .description("pulumi destroy, and the hosts' removal")
  .action(() => down(name()));

program.parseAsync().catch((error: unknown) => {
  say(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
