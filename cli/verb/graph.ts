import { UsageError } from "@overlaynet/core/operator/index";
import type { OperatorHosts } from "@overlaynet/core/operator/index";
import { type Command, InvalidArgumentError, Option } from "commander";
import { writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { GraphDocument } from "../document/graph.js";
import type { Exit } from "../exit.js";
import { graphDocument } from "../graph/document.js";
import { dotText } from "../graph/dot.js";
import { htmlPage, pageParts, type PageParts } from "../graph/html.js";
import { mermaidText } from "../graph/mermaid.js";
import { servePage } from "../graph/serve.js";
import { svgFile } from "../graph/svg.js";
import { styleFor } from "../output/style.js";
import { lookAt } from "../status/look.js";
import { renderProblems } from "../status/render.js";
import type { World } from "../world.js";
import { type CommonOptions, examples, exitFor, hostVerb, jsonOption, seconds, withHosts } from "./call.js";

interface GraphOptions extends CommonOptions {
  readonly svg?: boolean;
  readonly mermaid?: boolean;
  readonly dot?: boolean;
  readonly output?: string;
  readonly serve?: boolean | number;
  readonly interval: number;
}

/** `graph`: the network as a picture. On the operator's machine only: hosts have nothing to place a picture's parts with. */
export function addGraph(program: Command, world: World, finish: (exit: Exit) => void): void {
  const verb = hostVerb(program, world, "graph")
    .summary("the network as a picture: HTML, SVG, Mermaid, dot")
    .description(
      "Draws hosts, namespaces, bridges, devices, containers and tunnels with what the kernel counts, and in red what differs from what was asked. Without options it is one HTML page that loads nothing: a click on anything shows its details and the commands to look there. It is as of now; --serve follows. Ends as status does.",
    )
    .addOption(new Option("--svg", "a picture alone").conflicts(["mermaid", "dot", "json", "serve"]))
    .addOption(new Option("--mermaid", "for Markdown").conflicts(["dot", "json", "serve"]))
    .addOption(new Option("--dot", "for Graphviz").conflicts(["json", "serve"]))
    .addOption(
      new Option("-o, --output <file>", "write it there; - is standard output, the default").conflicts("serve"),
    )
    .addOption(
      new Option("--serve [port]", "serve the page on 127.0.0.1, counters live, until Ctrl-C; on any port by default")
        .argParser(port)
        .conflicts("json"),
    )
    .addOption(
      new Option("--interval <seconds>", "from one look of --serve to the next").default(2).argParser(seconds),
    );
  jsonOption(verb, "graph");
  examples(
    verb,
    ["overlaynet graph -o network.html", "a page to open in a browser, to keep or to send"],
    ["overlaynet graph --serve 8080", "the same at http://127.0.0.1:8080/, live"],
    ["overlaynet graph --mermaid >> network.md", "for a page of Markdown"],
    ["overlaynet graph --dot | dot -Tpdf -o network.pdf", "placed and drawn by Graphviz"],
  );
  verb.action(async (options: GraphOptions) => {
    finish(
      await withHosts(world, options, (hosts) =>
        options.serve === undefined || options.serve === false
          ? write(world, options, hosts)
          : serve(world, options.serve === true ? 0 : options.serve, 1000 * options.interval, hosts),
      ),
    );
  });
}

async function write(world: World, options: GraphOptions, hosts: OperatorHosts): Promise<Exit> {
  const graph = await look(hosts);
  const text = await textOf(graph, options);
  const { output = "-" } = options;
  if (output === "-") {
    world.out.write(text);
  } else {
    await writeOut(output, text);
    // Where the picture went says nothing; what is wrong is said there, and here.
    world.err.write(renderProblems(graph.problems, styleFor(world.err, world.env)));
  }
  return exitFor(graph.problems);
}

async function textOf(graph: GraphDocument, { svg, mermaid, dot, json }: GraphOptions): Promise<string> {
  if (json === true) return `${JSON.stringify(graph, undefined, 2)}\n`;
  if (mermaid === true) return mermaidText(graph);
  if (dot === true) return dotText(graph);
  const placed = await placedFor(graph);
  return svg === true ? svgFile(graph, placed) : htmlPage(graph.title, pageParts(graph, placed), "file");
}

/** Looks again and again, and shows what it sees to whoever has the page open. Ends when the process is told to. */
async function serve(world: World, at: number, pause: number, hosts: OperatorHosts): Promise<Exit> {
  const drawn = async (): Promise<{ graph: GraphDocument; parts: PageParts }> => {
    const graph = await look(hosts);
    return { graph, parts: pageParts(graph, await placedFor(graph)) };
  };
  const { graph, parts } = await drawn();
  const page = await servePage(graph.title, parts, at);
  world.out.write(`${page.url}\n`);
  const stop = new AbortController();
  const end = (): void => {
    stop.abort();
  };
  process.once("SIGINT", end).once("SIGTERM", end);
  let problems = graph.problems;
  try {
    for (;;) {
      await delay(pause, undefined, { signal: stop.signal });
      const next = await drawn();
      problems = next.graph.problems;
      page.show(next.parts);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return exitFor(problems);
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
    await page.close();
  }
}

async function look(hosts: OperatorHosts): Promise<GraphDocument> {
  const looks = await lookAt(hosts);
  return graphDocument(hosts.title, new Date().toISOString(), looks, hosts.expected);
}

/** What places a picture's parts is large, and loaded when there is a picture. */
async function placedFor(graph: GraphDocument) {
  const { place } = await import("../graph/layout.js");
  return place(graph);
}

async function writeOut(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`--output: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws InvalidArgumentError */
function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError("expected a port, 0 to 65535");
}
