/** The executable `overlaynet` of a host. Each verb loads only what it needs: the resolver is resident, and small for that. */
import { Command } from "commander";
import { agentDigest } from "./artifacts/digest.js";
import { agentVersion } from "./artifacts/version.js";
import { isInOwnMountNamespace, runInHostMountNamespace } from "./session/mount-namespace.js";

/** Verbs that systemd and providers run. */
function addOwnVerbs(program: Command): void {
  program
    .command("session")
    .description("serve a provider on standard input and output: JSON lines, until it is silent or gone")
    .action(async () => {
      await inHostMountNamespace(async () => {
        const { runSession } = await import("./session/run.js");
        await runSession({
          stdin: process.stdin,
          stdout: process.stdout,
          agent: { version: agentVersion, digest: agentDigest },
        });
      });
    });

  program
    .command("ensure")
    .argument("<overlay>")
    .description("make this host hold what it was last asked for; run at boot, before the resolver, and by a timer")
    .action(async (overlay: string) => {
      await inHostMountNamespace(async () => {
        const { runEnsure } = await import("./reconcile/run.js");
        process.exitCode = await runEnsure(overlay, say);
      });
    });

  program
    .command("resolver")
    .description("answer the misses of one overlay, from inside its namespace; run by systemd")
    .usage("--config <resolver.json> --socket <where it listens> [--namespace <path>, at whose end it ends]")
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async () => {
      await import("./resolver/main.js");
    });
}

/** A namespace that is named from inside another mount namespace is a dead file for everybody else. */
async function inHostMountNamespace(work: () => Promise<void>): Promise<void> {
  if (isInOwnMountNamespace()) process.exitCode = await runInHostMountNamespace();
  else await work();
}

/** One line for people: the journal's, or the terminal's. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const [verb = ""] = process.argv.slice(2);
  if (["session", "ensure", "resolver"].includes(verb)) {
    const program = new Command("overlaynet").version(agentVersion);
    addOwnVerbs(program);
    await program.parseAsync();
    return;
  }
  const [{ runProgram }, { hostWorld }, { hostAt }, { hostPaths }] = await Promise.all([
    import("@overlaynet/cli"),
    import("./operator/world.js"),
    import("./reconcile/host.js"),
    import("./store/paths.js"),
  ]);
  process.exitCode = await runProgram(hostWorld(hostAt(hostPaths)), process.argv.slice(2), addOwnVerbs);
}

main().catch((error: unknown) => {
  say(`overlaynet: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
