import type { Command } from "commander";
import type { Exit } from "../exit.js";
import { styleFor } from "../output/style.js";
import { trace } from "../trace/document.js";
import { renderTrace } from "../trace/render.js";
import type { World } from "../world.js";
import { type CommonOptions, examples, exitFor, hostVerb, jsonOption, printJson, whole, withHosts } from "./call.js";

interface Options extends CommonOptions {
  readonly overlay?: string;
  readonly port: number;
  readonly probe: boolean;
}

/** The discard service (RFC 863), which hardly anybody offers: that nobody listens is an answer as good as another. */
const discard = 9;

/** `trace`: a packet's way hop by hop, and the first one that is wrong. */
export function addTrace(program: Command, world: World, finish: (exit: Exit) => void): void {
  const verb = hostVerb(program, world, "trace")
    .argument("<from>", "a container, by name or address")
    .argument("<to>", "another, or an address of the overlay")
    .option("-o, --overlay <name>", "the overlay, where several have a container of the name")
    .option(
      "-p, --port <number>",
      "TCP port to connect to; that nobody listens is an answer, too",
      whole("a port", 1, 65_535),
      discard,
    )
    .option("--no-probe", "look only, send nothing")
    .summary("a packet's way hop by hop, and the first that is wrong")
    .description(
      "Follows a packet and its answer over both hosts, compares each hop with records and with what was asked, then sends real packets: ARP, ping, a ping of full size, TCP. Names the first wrong hop with its cause and what mends it. Ends with 0 when all is well.",
    );
  jsonOption(verb, "trace");
  examples(
    verb,
    ["overlaynet trace red pink", "from red on a to pink on b"],
    ["overlaynet trace red 7.7.7.9", "to an endpoint that is no container"],
    ["overlaynet trace red pink --port 5432", "whether a service answers"],
    ["overlaynet trace red pink --json | jq .first", "the first hop that is wrong, for a script"],
  );
  verb.action(async (from: string, to: string, options: Options) => {
    finish(
      await withHosts(world, options, async (hosts) => {
        const document = await trace(hosts, from, to, options);
        if (options.json === true) printJson(world, document);
        else world.out.write(renderTrace(document, styleFor(world.out, world.env), world.out.columns));
        return exitFor(document.problems);
      }),
    );
  });
}
