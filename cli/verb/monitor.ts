import { type OperatorHosts, UsageError } from "@overlaynet/core/operator/index";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { MonitorDocument } from "../document/monitor.js";
import type { Exit } from "../exit.js";
import { addressesOf, isTold, type MissFilter } from "../monitor/filter.js";
import { follow } from "../monitor/follow.js";
import { heading, lineOf } from "../monitor/line.js";
import { InOrder } from "../monitor/order.js";
import { styleFor } from "../output/style.js";
import type { World } from "../world.js";
import { collect, type CommonOptions, examples, exitFor, hostVerb, jsonOption, seconds, withHosts } from "./call.js";

interface MonitorOptions extends CommonOptions {
  readonly overlay?: string;
  readonly container?: readonly string[];
  readonly kind?: readonly string[];
  readonly unanswered?: boolean;
  readonly raw?: boolean;
  readonly count?: number;
  readonly for?: number;
}

/** Milliseconds that a miss waits for an earlier one of another host. */
const reordering = 200;

/** `monitor`: misses and what came of them, as it happens. */
export function addMonitor(program: Command, world: World, finish: (exit: Exit) => void): void {
  const verb = hostVerb(program, world, "monitor")
    .summary("misses of all hosts and their answers, as they happen")
    .description(
      "Tells every miss of the kernels and what the resolvers answered, one a line, all hosts in order of time, until Ctrl-C. A miss is about the address that is asked for: the kernel does not tell who asks.",
    )
    .option("-o, --overlay <name>", "of this overlay only")
    .option("-c, --container <name>", "only what asks for this container's address or MAC (repeatable)", collect)
    .addOption(new Option("-k, --kind <kind>", "only misses of this kind (repeatable)").argParser(kinds))
    .option("-u, --unanswered", "only misses that got no answer")
    .option("--raw", "with the kernel's message, every part of it")
    .option("-n, --count <number>", "end after so many misses", positive)
    .option("--for <seconds>", "end after so long", seconds);
  jsonOption(verb, "monitor");
  examples(
    verb,
    ["overlaynet monitor", "everything, until Ctrl-C"],
    ["overlaynet monitor --unanswered --for 60", "who is asked for and not known, for a minute"],
    ["overlaynet monitor --container pink --raw", "who asks for pink, with the kernel's messages"],
    ["overlaynet monitor --json -n 1 | jq .miss.address", "the next address that is asked for"],
  );
  verb.action(async (options: MonitorOptions) => {
    finish(await withHosts(world, options, (hosts) => show(world, options, hosts)));
  });
}

async function show(world: World, options: MonitorOptions, hosts: OperatorHosts): Promise<Exit> {
  const { container, kind, unanswered = false, count = Infinity } = options;
  const about = container === undefined ? {} : { about: await addressesOf(hosts, container) };
  const filter: MissFilter = { ...(kind === undefined ? {} : { kind }), unanswered, ...about };
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
  };
  const print = printer(world, options, hosts);
  let told = 0;
  let heard = 0;
  const events = new InOrder<MonitorDocument>(reordering, (event) => {
    if (told >= count) return;
    print(event);
    if (event.miss !== undefined && ++told >= count) end();
  });
  const problems = new Map<string, "wrong" | "unreachable">();
  const timer = options.for === undefined ? undefined : setTimeout(end, 1000 * options.for);
  process.once("SIGINT", end).once("SIGTERM", end);
  // Whoever read has gone, as `head` does.
  world.out.once("error", end);
  try {
    const following = {
      overlay: options.overlay,
      raw: options.raw ?? false,
      signal: ended.signal,
      tell: (time: number, event: MonitorDocument) => {
        const { overlay = "", miss } = event;
        heard += 1;
        if (ended.signal.aborted) return;
        if (miss === undefined || isTold(filter, overlay, miss)) events.add(time, event);
      },
      wrong: (what: string, is: "wrong" | "unreachable" | undefined) => {
        if (is === undefined) problems.delete(what);
        else problems.set(what, is);
      },
    };
    await Promise.race([
      new Promise((resolve) => {
        ended.signal.addEventListener("abort", resolve, { once: true });
      }),
      Promise.all(hosts.hosts.map((host) => follow(host, following))),
    ]);
    if (!ended.signal.aborted && heard === 0) throw new UsageError(`${hosts.title} has ${nothing(options.overlay)}`);
    end();
    events.flush();
    return exitFor([...problems.values()].map((one) => ({ kind: one })));
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", end).off("SIGTERM", end);
    world.out.off("error", end);
  }
}

function printer(world: World, { json }: MonitorOptions, { hosts }: OperatorHosts): (event: MonitorDocument) => void {
  if (json === true) return (event) => world.out.write(`${JSON.stringify(event)}\n`);
  const style = styleFor(world.out, world.env);
  const width = Math.max(4, ...hosts.map(({ name }) => name.length));
  world.out.write(heading(width, style));
  return (event) => world.out.write(lineOf(event, width, style));
}

function nothing(overlay: string | undefined): string {
  return overlay === undefined ? "no overlay" : `no overlay ${overlay}`;
}

/** @throws InvalidArgumentError */
function kinds(text: string, before: readonly string[] | undefined): readonly string[] {
  if (["l2", "l3", "ipv6"].includes(text)) return [...(before ?? []), text];
  throw new InvalidArgumentError("expected l2, l3 or ipv6");
}

/** @throws InvalidArgumentError */
function positive(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected a whole number, at least 1");
}
