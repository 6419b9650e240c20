import { Command } from "commander";
import { DEFAULT_LAB, Lab } from "./lab.js";

const say = (text: string): void => {
  console.error(text);
};

/** Ends this process as a command ended: with its exit status. */
function exitAs({ exitCode }: { exitCode?: number | undefined }): void {
  process.exitCode = exitCode ?? 1;
}

const program = new Command("lab")
  .description("Debian hosts (a, b, …) on a private network, for trying and testing")
  .option("--name <name>", "which lab; OVERLAYNET_LAB sets it too", DEFAULT_LAB)
  .enablePositionalOptions();
const name = (): string => program.opts<{ name: string }>().name;

program
  .command("up")
  .argument("[hosts]", "how many", Number, 2)
  .description("boot a new lab, in place of one of the same name")
  .action(async (hosts: number) => {
    const start = Date.now();
    const lab = await Lab.up({ name: name(), hosts, progress: say });
    for (const host of lab.hosts) say(`${host.name}  ${host.address}  ${host.hostKey}`);
    say(`lab ${lab.name} is up (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  });

program
  .command("exec")
  .argument("<host>")
  .argument("<command...>")
  .passThroughOptions()
  .description("run a command on a host as root: lab exec a -- ip addr")
  .action(async (host: string, argv: string[]) => {
    const lab = await Lab.attach(name());
    // After the host's name commander leaves the `--` in.
    const command = argv[0] === "--" ? argv.slice(1) : argv;
    exitAs(await lab.host(host).ssh(command, { terminal: true, reject: false }));
  });

program
  .command("op")
  .argument("<command...>")
  .passThroughOptions()
  .description("run a command at the operator's place on the network: lab op -- ping -c 1 192.168.64.27")
  .action(async (argv: string[]) => {
    const lab = await Lab.attach(name());
    exitAs(await lab.op(argv, { terminal: true, reject: false }));
  });

program
  .command("ssh")
  .argument("<host>")
  .option("--user <user>", "root or vagrant", "root")
  .description("log in to a host")
  .action(async (host: string, options: { user: "root" | "vagrant" }) => {
    const lab = await Lab.attach(name());
    exitAs(await lab.host(host).ssh([], { user: options.user, terminal: true, reject: false }));
  });

program
  .command("reboot")
  .argument("<host>")
  .description("reboot a host and wait until it answers")
  .action(async (host: string) => {
    const lab = await Lab.attach(name());
    await lab.host(host).reboot();
  });

program
  .command("status")
  .description("the lab's hosts, and where its keys are")
  .action(async () => {
    const lab = await Lab.attach(name());
    for (const host of lab.hosts) console.log(`${host.name}  ${host.address}  ${await host.power()}`);
    console.log(`private key ${lab.privateKeyPath}, known hosts ${lab.knownHostsPath}`);
  });

program
  .command("down")
  .description("end and remove all of the lab; nothing happens when there is none")
  .action(async () => {
    await Lab.down(name());
  });

program.parseAsync().catch((error: unknown) => {
  say(`lab: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
