import type { Command } from "commander";
import { greetingOf } from "../ask.js";
import type { VersionDocument } from "../document/version.js";
import type { Problem } from "../document/problem.js";
import type { Exit } from "../exit.js";
import { fromAll } from "../gather.js";
import { styleFor } from "../output/style.js";
import { table } from "../output/table.js";
import type { World } from "../world.js";
import { type CommonOptions, examples, exitFor, hostVerb, jsonOption, printJson, withHosts } from "./call.js";

/** `version`: of this command, and of every host's agent and kernel. */
export function addVersion(program: Command, world: World, finish: (exit: Exit) => void): void {
  const verb = hostVerb(program, world, "version")
    .summary("versions of this command, and of every host's agent")
    .description("Prints the version of this command, and asks every host for those of its agent and kernel.");
  jsonOption(verb, "version");
  examples(verb, ["overlaynet version", ""], ["overlaynet --version", "this command's alone, no host is asked"]);
  verb.action(async (options: CommonOptions) => {
    const document = await withHosts(world, options, async ({ hosts }): Promise<VersionDocument> => {
      const greetings = await fromAll(hosts, greetingOf);
      return {
        schema: "overlaynet/version/1",
        command: world.version,
        hosts: greetings.map(({ host: { name, address }, ...one }) => {
          if (one.problem !== undefined) return { name, address };
          const { agent, host } = one.value;
          const { kernel, architecture } = host;
          return { name, address, agent: agent.version, digest: agent.digest, kernel, architecture };
        }),
        problems: greetings.flatMap(({ host, problem }): Problem[] =>
          problem === undefined
            ? []
            : [{ host: host.name, kind: "unreachable", what: problem.message, mend: "see `overlaynet status`" }],
        ),
      };
    });
    if (options.json === true) printJson(world, document);
    else world.out.write(renderVersion(document, world));
    finish(exitFor(document.problems));
  });
}

function renderVersion({ command, hosts, problems }: VersionDocument, world: World): string {
  const style = styleFor(world.out, world.env);
  const titles = ["HOST", "ADDRESS", "AGENT", "BUILD", "KERNEL", "ARCHITECTURE"].map((title) => ({ title }));
  const rows = hosts.map(({ name, address, agent, digest, kernel, architecture }) =>
    agent === undefined
      ? [name, address, style.bad("not reachable")]
      : [name, address, agent, digest ?? "", kernel ?? "", architecture ?? ""],
  );
  const wrong = problems.map(({ what }) => `${style.bad("✗")} ${what}\n`).join("");
  return `overlaynet ${command}\n\n${table(titles, rows, world.out.columns)}${wrong === "" ? "" : `\n${wrong}`}`;
}
