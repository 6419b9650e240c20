import { leastProbeInterval, leastProbeSize, probeLimits } from "@overlaynet/core/operator/index";
import { type Command, InvalidArgumentError } from "commander";
import type { Exit } from "../exit.js";
import { styleFor } from "../output/style.js";
import { ping, type PingOptions } from "../ping/document.js";
import { renderPing } from "../ping/render.js";
import type { World } from "../world.js";
import { type CommonOptions, examples, exitFor, hostVerb, jsonOption, printJson, whole, withHosts } from "./call.js";

type Options = CommonOptions & PingOptions;

const leastInterval = leastProbeInterval / 1000;

/** `ping`: every container to every other. */
export function addPing(program: Command, world: World, finish: (exit: Exit) => void): void {
  const verb = hostVerb(program, world, "ping")
    .argument("[containers...]", "only between these, by name or address; of one alone, between it and all others")
    .option("-o, --overlay <name>", "only this overlay")
    .option("-c, --count <number>", "pings of each pair", whole("pings", 1, probeLimits.count), 3)
    .option("--interval <seconds>", "between two of a pair", interval, leastInterval)
    .option(
      "--size <bytes>",
      "of the whole IPv4 packet, which then may not be fragmented",
      whole("bytes", leastProbeSize, 65_535),
    )
    .summary("loss and latency between all containers, as a matrix")
    .description(
      "Pings from every container to every other of its overlay, from all hosts at the same time, and shows loss and latency as a matrix. Ends with 1 when a pair loses everything.",
    );
  jsonOption(verb, "ping");
  examples(
    verb,
    ["overlaynet ping", "every container to every other"],
    ["overlaynet ping red pink", "from red to pink and back"],
    ["overlaynet ping red", "between red and all others"],
    ["overlaynet ping --count 20 --size 1450", "twenty of full size, where the MTU is 1450"],
  );
  verb.action(async (containers: readonly string[], options: Options) => {
    finish(
      await withHosts(world, options, async (hosts) => {
        const document = await ping(hosts, containers, options);
        if (options.json === true) printJson(world, document);
        else world.out.write(renderPing(document, styleFor(world.out, world.env), world.out.columns));
        return exitFor(document.problems);
      }),
    );
  });
}

/** @throws InvalidArgumentError, which commander tells with the option's name */
function interval(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= leastInterval && value <= 1) return value;
  throw new InvalidArgumentError(`expected seconds, ${leastInterval} to 1`);
}
