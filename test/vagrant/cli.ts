import { rm } from "node:fs/promises";
import { Command } from "commander";
import { DEFAULT_FLEET, VagrantFleet } from "./fleet.js";
import { EVIDENCE_FOLDER } from "./paths.js";

const say = (text: string): void => {
  console.error(text);
};

/** Ends this process as a command ended: with its exit status. */
function exitAs({ exitCode }: { exitCode?: number | undefined }): void {
  process.exitCode = exitCode ?? 1;
}

const program = new Command("test:vagrant")
  .description("virtual machines (a, b, …) by vagrant up, on a private network, for trying and testing")
  .option("--name <name>", "which machines; OVERLAYNET_VAGRANT sets it too", DEFAULT_FLEET)
  .enablePositionalOptions();
const name = (): string => program.opts<{ name: string }>().name;

program
  .command("up")
  .argument("[machines]", "how many", Number, 2)
  .description("bring up new machines, in place of those of the same name")
  .action(async (machines: number) => {
    const start = Date.now();
    const fleet = await VagrantFleet.up({ name: name(), machines, progress: say });
    for (const host of fleet.hosts) say(`${host.name}  ${host.address}  ${host.hostKey}`);
    say(`machines ${fleet.name} are up (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  });

program
  .command("ssh")
  .argument("<machine>")
  .option("--user <user>", "root or vagrant", "root")
  .description("log in to a machine")
  .action(async (machine: string, options: { user: "root" | "vagrant" }) => {
    const fleet = await VagrantFleet.attach(name());
    exitAs(await fleet.host(machine).ssh([], { user: options.user, terminal: true, reject: false }));
  });

program
  .command("exec")
  .argument("<machine>")
  .argument("<command...>")
  .passThroughOptions()
  .description("run a command on a machine as root: test:vagrant exec a -- ip addr")
  .action(async (machine: string, argv: string[]) => {
    const fleet = await VagrantFleet.attach(name());
    // After the machine's name commander leaves the `--` in.
    const command = argv[0] === "--" ? argv.slice(1) : argv;
    exitAs(await fleet.host(machine).ssh(command, { terminal: true, reject: false }));
  });

program
  .command("op")
  .argument("<command...>")
  .passThroughOptions()
  .description("run a command at the operator's place on the network")
  .action(async (argv: string[]) => {
    const fleet = await VagrantFleet.attach(name());
    exitAs(await fleet.op(argv, { terminal: true, reject: false }));
  });

program
  .command("status")
  .description("the machines as Vagrant sees them, and where their keys are")
  .action(async () => {
    const fleet = await VagrantFleet.attach(name());
    const states = await fleet.vagrant.states(fleet.hosts.map((host) => host.name));
    for (const host of fleet.hosts) {
      console.log(`${host.name}  ${host.address}  ${states.get(host.name) ?? "unknown"}  ${host.sshConfig.host}`);
    }
    console.log(`private key ${fleet.privateKeyPath}, known hosts ${fleet.knownHostsPath}`);
  });

program
  .command("down")
  .description("end and remove the machines; nothing happens when there are none")
  .action(async () => {
    await VagrantFleet.down(name());
  });

program
  .command("clean")
  .description("end and remove all machines of every name, and what failed tests left to be read")
  .action(async () => {
    for (const fleet of await VagrantFleet.names()) await VagrantFleet.down(fleet);
    await rm(EVIDENCE_FOLDER, { recursive: true, force: true });
  });

program.parseAsync().catch((error: unknown) => {
  say(`test:vagrant: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
