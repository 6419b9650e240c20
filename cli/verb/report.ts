import { UsageError } from "@overlaynet/core/operator/index";
import type { Command } from "commander";
import { basename } from "node:path";
import type { Exit } from "../exit.js";
import { styleFor } from "../output/style.js";
import { count } from "../output/table.js";
import { reportOf } from "../report/contents.js";
import { pack } from "../report/pack.js";
import type { World } from "../world.js";
import { type CommonOptions, examples, exitFor, hostVerb, withHosts } from "./call.js";

interface Options extends CommonOptions {
  readonly output?: string;
}

const ending = ".tar.gz";

/** `report`: one archive with everything for an issue. On the operator's machine only. */
export function addReport(program: Command, world: World, finish: (exit: Exit) => void): void {
  const verb = hostVerb(program, world, "report")
    .option("-o, --output <file>", "the archive; overlaynet-report-TIME.tar.gz in this folder by default")
    .summary("one archive with everything for an issue, no secrets")
    .description(
      "Writes status, doctor's findings, and of each host its desired state, links, addresses, routes, neighbours, forwarding entries, filters, units, overlaynet's journal and the list of its files into one archive. Nothing of the stack's state or configuration, so no key and no password; names and addresses of machines are in it. Ends with 3 when a host is missing.",
    );
  examples(
    verb,
    ["overlaynet report", "overlaynet-report-….tar.gz, to be looked through and sent"],
    ["overlaynet report -o outage.tar.gz --host a", "of one host, by another name"],
  );
  verb.action(async ({ output, ...options }: Options) => {
    const archive =
      output ?? `overlaynet-report-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "")}${ending}`;
    finish(
      await withHosts(world, options, async (hosts) => {
        const { files, problems } = await reportOf(hosts, world.version);
        await write(archive, files);
        const style = styleFor(world.out, world.env);
        world.out.write(`${archive}: ${count(files.size, "file")}; look through it before you send it\n`);
        for (const { what, mend } of problems) world.out.write(`${style.doubtful("?")} ${what}\n  ${mend}\n`);
        return exitFor(problems);
      }),
    );
  });
}

/** @throws UsageError a sentence */
async function write(archive: string, files: ReadonlyMap<string, string>): Promise<void> {
  try {
    await pack(archive, basename(archive, ending), files);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (code === "") throw error;
    throw new UsageError(`--output: ${code === "EEXIST" ? `${archive} is there already` : message}`);
  }
}
