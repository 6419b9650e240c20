import type { Command } from "commander";
import { examineAll, type DoctorOptions } from "../doctor/document.js";
import { renderDoctor } from "../doctor/render.js";
import { Exit } from "../exit.js";
import { styleFor } from "../output/style.js";
import type { World } from "../world.js";
import { type CommonOptions, examples, exitFor, hostVerb, jsonOption, printJson, whole, withHosts } from "./call.js";

interface Options extends CommonOptions, DoctorOptions {
  readonly all?: boolean;
}

/** `doctor`: whether hosts, and the ways between them, are fit. */
export function addDoctor(program: Command, world: World, finish: (exit: Exit) => void): void {
  const verb = hostVerb(program, world, "doctor")
    .option("-a, --all", "what is well, too")
    .option(
      "-p, --port <number>",
      "the UDP port of the overlay, where there is none yet (default: 4789)",
      whole("a port", 1, 65_535),
    )
    .option("--mtu <bytes>", "of the overlay, where there is none yet (default: 1450)", whole("bytes", 576, 65_485))
    .summary("whether hosts and the ways between them are fit, before and after")
    .description(
      "Examines each host, with or without an agent: kernel, tools, limits, settings, UDP port, clock, disk; and each way between two: route, source address, path MTU, whether datagrams to the UDP port arrive. Sends a few hundred bytes to the hosts that are meant, changes nothing. Each finding with what was seen and what mends it. Ends with 1 when an overlay cannot work.",
    );
  jsonOption(verb, "doctor");
  examples(
    verb,
    ["overlaynet doctor", "the stack's hosts"],
    ["overlaynet doctor -H a=root@10.0.0.1 -H b=root@10.0.0.2", "machines, before anything is put on them"],
    ["overlaynet doctor --all", "every check with what was seen"],
    [`overlaynet doctor --json | jq '.findings[] | select(.severity == "error")'`, "for a script"],
  );
  verb.action(async (options: Options) => {
    finish(
      await withHosts(world, options, async (hosts) => {
        const document = await examineAll(hosts, options);
        if (options.json === true) printJson(world, document);
        else world.out.write(renderDoctor(document, styleFor(world.out, world.env), options.all === true));
        return document.findings.some(({ severity }) => severity === "error") ? Exit.Wrong : exitFor(document.problems);
      }),
    );
  });
}
