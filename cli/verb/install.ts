import { UsageError } from "@overlaynet/core/operator/index";
import type { Command } from "commander";
import type { World } from "../world.js";
import { examples } from "./call.js";

/** `install --print`: the script by which an administrator sets a host up for the restricted mode. */
export function addInstall(program: Command, install: NonNullable<World["install"]>): void {
  const verb = program
    .command("install")
    .summary("print an administrator's script for the restricted mode")
    .description(
      "Prints the shell script by which an administrator sets a host up for the restricted mode: run as root there, it installs the agent and allows one user to run `sudo /usr/local/bin/overlaynet session` and nothing else. Without an administrator nothing is to be installed by hand: `pulumi up` of an Overlay does it.",
    )
    .option("--print", "print it; there is no other way of installing")
    .requiredOption("--user <name>", "the account that Pulumi logs in with")
    .option("--architecture <name>", "x64 or arm64", "x64");
  examples(verb, ["overlaynet install --print --user deploy > setup.sh", "to be read, then run as root on a host"]);
  verb.action(async (options: { readonly print?: boolean; readonly user: string; readonly architecture: string }) => {
    if (options.print !== true)
      throw new UsageError("install: give --print; `pulumi up` of an Overlay installs by itself");
    await install(options);
  });
}
