import type { GraphDocument, GraphEdge, GraphElement, GraphGroup, GraphNode } from "../document/graph.js";
import { captionOf } from "./caption.js";
import type { Box, Placed, Point } from "./layout.js";
import { lineHeight } from "./sizes.js";
import { anchorOf, type Markup, markup, raw } from "./markup.js";
import { drawingStyle, themeStyle } from "./style.js";

/** How rounded the bends of lines are, in pixels. */
const bend = 7;

/** The graph as a picture of its own, light or dark as the viewer likes it. */
export function svgFile(graph: GraphDocument, placed: Placed): string {
  return `${drawing(graph, placed, raw(`<style>${themeStyle}${drawingStyle}</style>`)).text}\n`;
}

/** The picture. @param style of its own, where no page gives it one */
export function drawing({ title, groups, nodes, edges }: GraphDocument, placed: Placed, style?: Markup): Markup {
  const { width, height, boxes, lines } = placed;
  const at = (id: string): Box => boxes.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };
  return markup`<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title>${title}</title>${style}
<rect class="ground" width="${width}" height="${height}"/>
${groups.map((group) => drawGroup(group, at(group.id)))}${edges.map((edge) => drawEdge(edge, lines.get(edge.id) ?? []))}${nodes.map((node) => drawNode(node, at(node.id)))}</svg>`;
}

function drawGroup(group: GraphGroup, box: Box): Markup {
  const { kind, name, facts, overlay } = group;
  const about =
    kind === "host" ? facts["address"] : kind === "namespace" ? `namespace of ${overlay ?? ""}` : "container";
  return linked(
    group,
    markup`${frame(box, kind === "host" ? 12 : 8)}${clipped(
      { ...box, height: 34 },
      markup`<text class="heading" x="14" y="22">${name}<tspan class="about" dx="8">${about ?? ""}</tspan></text>`,
    )}${mark(group, box)}`,
  );
}

function drawNode(node: GraphNode, box: Box): Markup {
  const { kind, about, rest } = captionOf(node);
  const letters = (box.width - 20) / 5.6;
  const isWrong = node.wrong.length > 0;
  const below = [about, ...(isWrong ? wrapped(rest.join(" "), letters, 2) : rest)].filter((line) => line !== "");
  // Shown in the middle, whatever of it there is.
  const top = (box.height - lineHeight * (1 + below.length)) / 2 + 12;
  return linked(
    node,
    markup`${frame(box, 6)}<rect class="kind" x="${box.x}" y="${box.y + 6}" width="4" height="${box.height - 12}"/>${clipped(
      box,
      markup`<text class="name" x="13" y="${top}">${node.name}</text><text class="tag" x="${box.width - 8}" y="${top}">${kind}</text>${below.map(
        (line, index) =>
          markup`<text class="${line === about ? "line" : "line rest"}" x="13" y="${top + lineHeight * (index + 1)}">${shortened(line, letters)}</text>`,
      )}`,
    )}${mark(node, box)}`,
  );
}

function drawEdge(edge: GraphEdge, points: readonly Point[]): Markup {
  const path = pathOf(points);
  return linked(edge, markup`<path class="reach" d="${path}"/><path class="line" d="${path}"/>`);
}

/** A link to the element's details, with all that is wrong in its tool tip. */
function linked(element: GraphElement, content: Markup): Markup {
  const { id, kind, name, state, wrong, host } = element;
  const place = host === undefined || kind === "host" ? "" : ` on ${host}`;
  const label = [`${kind} ${name}${place}`, ...(state === "ok" ? [] : [state]), ...wrong].join("\n");
  return markup`<a href="#${anchorOf(id)}" class="${roleOf(element)} ${kind} ${state}"><title>${label}</title>${content}</a>
`;
}

function roleOf(element: GraphElement): string {
  if ("from" in element) return "edge";
  const { kind } = element;
  return kind === "host" || kind === "namespace" || kind === "container" ? "group" : "node";
}

/** A sign for those who do not tell colours apart. */
function mark({ state }: GraphElement, { x, y, width }: Box): Markup | undefined {
  if (state === "ok" || state === "foreign") return undefined;
  const sign = state === "unknown" ? "?" : state === "missing" ? "×" : "!";
  return markup`<circle class="mark" cx="${x + width}" cy="${y}" r="8"/><text class="sign" x="${x + width}" y="${y + 4}">${sign}</text>`;
}

function frame({ x, y, width, height }: Box, radius: number): Markup {
  return markup`<rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`;
}

/** Text that is wider than its box is cut off there: an inner svg shows nothing outside of it. */
function clipped({ x, y, width, height }: Box, content: Markup): Markup {
  return markup`<svg x="${x}" y="${y}" width="${width}" height="${height}">${content}</svg>`;
}

/** Words in lines of at most so many letters; the last one may be longer. */
function wrapped(text: string, letters: number, lines: number): string[] {
  const made: string[] = [];
  for (const word of text.split(" ")) {
    const last = made.at(-1);
    const isFull = last === undefined || (last.length + 1 + word.length > letters && made.length < lines);
    if (isFull) made.push(word);
    else made[made.length - 1] = `${last} ${word}`;
  }
  return made;
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.floor(most) - 1)}…` : text;
}

/** A line with rounded bends. */
function pathOf(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (before === undefined) return `M${rounded(point)}`;
      if (after === undefined) return `L${rounded(point)}`;
      return `L${rounded(towards(point, before))}Q${rounded(point)} ${rounded(towards(point, after))}`;
    })
    .join("");
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const share = length === 0 ? 0 : Math.min(bend, length / 2) / length;
  return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
}

function rounded({ x, y }: Point): string {
  return `${Math.round(10 * x) / 10} ${Math.round(10 * y) / 10}`;
}
