import { createHash } from "node:crypto";
import type { GraphDocument, GraphElement } from "../document/graph.js";
import { count } from "../output/table.js";
import { pageScript } from "./page-script.js";
import { pageStyle } from "./page-style.js";
import type { Placed } from "./layout.js";
import { anchorOf, type Markup, markup, raw } from "./markup.js";
import { drawingStyle, themeStyle } from "./style.js";
import { drawing } from "./svg.js";

/** Where a page gets new contents from: a file has none, a page that is served asks its own server. */
export type PageKind = "file" | "served";

/** The parts of a page that change from look to look. */
export interface PageParts {
  readonly header: string;
  readonly drawing: string;
  readonly details: string;
}

/** Those of a graph. */
export function pageParts(graph: GraphDocument, placed: Placed): PageParts {
  return {
    header: header(graph).text,
    drawing: drawing(graph, placed).text,
    details: details(graph).text,
  };
}

/** One HTML page with all it needs in it: nothing is loaded, and its policy would allow nothing to be. */
export function htmlPage(title: string, parts: PageParts, kind: PageKind): string {
  const style = `${themeStyle}${drawingStyle}${pageStyle}`;
  const served = kind === "served" ? raw(' data-served=""') : undefined;
  return `${
    markup`<!doctype html>
<html lang="en"${served}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(style, kind)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · overlaynet</title>
<style>${raw(style)}</style>
</head>
<body>
<header id="header">${raw(parts.header)}</header>
<main>
<div id="drawing" class="drawing">${raw(parts.drawing)}</div>
<aside id="details" aria-live="polite">${raw(parts.details)}</aside>
</main>
<nav class="zoom" aria-label="Zoom"><button type="button" data-zoom="-1" aria-label="Smaller">−</button><button type="button" data-zoom="0">Fit</button><button type="button" data-zoom="1" aria-label="Larger">+</button></nav>
<script>${raw(pageScript)}</script>
</body>
</html>`.text
  }\n`;
}

/** Only the page's own style and script run, named by their digests; a page that is served may ask its server. */
function policy(style: string, kind: PageKind): string {
  const digest = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const more = kind === "served" ? "; connect-src 'self'" : "";
  return `default-src 'none'; style-src ${digest(style)}; script-src ${digest(pageScript)}${more}; base-uri 'none'; form-action 'none'`;
}

function header({ title, at, groups, problems }: GraphDocument): Markup {
  const number = (kind: string): number => groups.filter((group) => group.kind === kind).length;
  const verdict =
    problems.length === 0
      ? markup`<span class="well">all well</span>`
      : markup`<a class="bad" href="#overview">${count(problems.length, "thing")} wrong</a>`;
  return markup`<h1>${title}</h1><p>${count(number("host"), "host")}, ${count(number("container"), "container")} · ${verdict}</p><p class="at"><span class="live" hidden>live</span> <time datetime="${at}">${at.replace("T", " ").replace(/\.\d+Z$/, " UTC")}</time></p>`;
}

function details(graph: GraphDocument): Markup {
  const { groups, nodes, edges } = graph;
  return markup`${overview(graph)}${[...groups, ...nodes, ...edges].map(section)}`;
}

function overview({ problems }: GraphDocument): Markup {
  const list = problems.map(
    ({ host, overlay, what, mend }) =>
      markup`<li><strong>${host}${overlay === undefined ? "" : `, ${overlay}`}</strong>: ${what}<p class="mend">${withCode(mend)}</p></li>`,
  );
  const wrong = problems.length === 0 ? markup`<p>Nothing is wrong.</p>` : markup`<ul class="wrong">${list}</ul>`;
  return markup`<section id="overview" class="shown"><h2>${problems.length === 0 ? "All well" : "What is wrong"}</h2>${wrong}
<p class="hint">A click on anything, or Tab and Enter, shows what is known of it and the commands to look there; Esc comes back here. ↓ ↑ are packets and bytes that a device has received and sent.</p>
<ul class="legend">${legend.map(([kind, meaning]) => markup`<li><i class="${kind}"></i>${meaning}</li>`)}</ul></section>
`;
}

/** A sentence with commands in backquotes. */
function withCode(text: string): Markup[] {
  return text.split("`").map((part, index) => (index % 2 === 0 ? markup`${part}` : markup`<code>${part}</code>`));
}

const legend = [
  ["interface", "a container's device"],
  ["port", "its other end, a port of the bridge"],
  ["bridge", "bridge, the gateway's address on it"],
  ["vxlan", "VXLAN device, tunnels, the overlay"],
  ["resolver", "resolver, which answers misses"],
  ["bad", "differs from what was asked (!), or missing (×)"],
] as const;

const titles: Readonly<Record<GraphElement["kind"], string>> = {
  host: "Host",
  namespace: "Namespace of an overlay",
  container: "Container",
  bridge: "Bridge",
  vxlan: "VXLAN device",
  port: "Port of a container",
  interface: "Device of a container",
  resolver: "Resolver",
  device: "Device of others",
  overlay: "Overlay",
  vtep: "Tunnel's end outside",
  veth: "Link of a container",
  tunnel: "Tunnels of a host",
};

function section(element: GraphElement): Markup {
  const { id, kind, name, host, overlay, state, wrong, facts } = element;
  const title =
    "from" in element && kind === "bridge"
      ? "Port of a bridge"
      : "from" in element && kind === "resolver"
        ? "Answers misses of"
        : titles[kind];
  const place = [
    ...(host === undefined || kind === "host" ? [] : [`on ${host}`]),
    ...(overlay === undefined || kind === "overlay" ? [] : [`overlay ${overlay}`]),
  ].join(", ");
  const rows = Object.entries(facts).map(([key, value]) => markup`<dt>${key}</dt><dd>${value}</dd>`);
  return markup`<section id="${anchorOf(id)}"><h2>${name}</h2><p class="place">${title}${place === "" ? "" : ` ${place}`}</p>${
    state === "ok" ? undefined : markup`<p class="state">${stateWords[state]}</p>`
  }${wrong.length === 0 ? undefined : markup`<ul class="wrong">${wrong.map((words) => markup`<li>${words}</li>`)}</ul>`}<dl>${rows}</dl>${commands(element)}<p><a href="#overview">Back to the overview</a></p></section>
`;
}

const stateWords = {
  wrong: "Differs from what was asked",
  missing: "Missing",
  unknown: "Not known: its host could not be asked",
  foreign: "Not asked for by overlaynet",
} as const;

function commands({ commands: all, host }: GraphElement): Markup | undefined {
  const list = (where: "here" | "host", heading: string): Markup | undefined => {
    const those = all.filter((one) => one.where === where);
    if (those.length === 0) return undefined;
    return markup`<h3>${heading}</h3>${those.map(({ command }) => markup`<pre><code>${command}</code></pre>`)}`;
  };
  return markup`${list("host", `Look there: as root on ${host ?? "a host of it"}`)}${list("here", "From here")}`;
}
