import type { Command } from "commander";
import { setTimeout as delay } from "node:timers/promises";
import type { StatusDocument } from "../document/status.js";
import type { Exit } from "../exit.js";
import { styleFor } from "../output/style.js";
import { statusDocument } from "../status/document.js";
import { lookAt } from "../status/look.js";
import { renderStatus } from "../status/render.js";
import type { World } from "../world.js";
import { type CommonOptions, examples, exitFor, hostVerb, jsonOption, printJson, seconds, withHosts } from "./call.js";

interface StatusOptions extends CommonOptions {
  readonly watch?: boolean | number;
  readonly all?: boolean;
}

/** Takes the cursor home and clears the screen, as clear(1) does on every terminal of today. */
const clear = "\u001b[H\u001b[2J\u001b[3J";

/** `status`: what every host holds, and what is wrong with it. */
export function addStatus(program: Command, world: World, finish: (exit: Exit) => void): void {
  const verb = hostVerb(program, world, "status")
    .summary("what every host holds, and what is wrong")
    .description(
      "Shows hosts, containers and records, and of all that is wrong what to do about it. Ends with 0 when all is well.",
    )
    .option("-a, --all", "every container and record, however many")
    .option("-w, --watch [seconds]", "again and again, every 2 seconds by default", seconds);
  jsonOption(verb, "status");
  examples(
    verb,
    ["overlaynet status", "the hosts of the selected stack"],
    ["overlaynet status --watch 5 --stack prod", "anew every five seconds"],
    ["overlaynet status --json | jq '.problems[].what'", "what is wrong, for a script"],
  );
  verb.action(async (options: StatusOptions) => {
    finish(
      await withHosts(world, options, (hosts) =>
        show(world, options, async () => statusDocument(hosts.title, await lookAt(hosts), hosts.expected)),
      ),
    );
  });
}

async function show(world: World, options: StatusOptions, look: () => Promise<StatusDocument>): Promise<Exit> {
  const style = styleFor(world.out, world.env);
  const pause =
    options.watch === undefined || options.watch === false ? undefined : options.watch === true ? 2 : options.watch;
  for (;;) {
    const document = await look();
    if (options.json === true) {
      if (pause === undefined) printJson(world, document);
      else world.out.write(`${JSON.stringify(document)}\n`);
    } else {
      const text = renderStatus(document, style, { width: world.out.columns, all: options.all ?? false });
      world.out.write(pause !== undefined && world.out.isTTY === true ? clear + text : text);
    }
    if (pause === undefined) return exitFor(document.problems);
    await delay(1000 * pause);
  }
}
