import { stripVTControlCharacters } from "node:util";
import type { PingDocument, PingPair } from "../document/ping.js";
import type { Style } from "../output/style.js";
import { type Column, count, table } from "../output/table.js";
import { isLost } from "./document.js";

/** More problems than these are counted: one dead host is one for each container of the others. */
const mostProblems = 10;

/** Pings as text: for each overlay a matrix, or a line for each container where that is too wide; then what is wrong. */
export function renderPing(document: PingDocument, style: Style, width: number | undefined): string {
  const { title, pairs, problems } = document;
  const overlays = [...new Set(pairs.map(({ overlay }) => overlay))];
  const parts = overlays.map((overlay) => {
    const own = pairs.filter((pair) => pair.overlay === overlay);
    const heading = `${title}, overlay ${overlay}: ${count(own.length, "pair")}`;
    const legend = "milliseconds there and back (median), and % lost";
    const whole = matrix(own, style);
    const shown = fits(whole, width) ? whole : lines(own, style, width);
    return `${style.strong(heading)}\n${style.faint(legend)}\n\n${shown}\n`;
  });
  const told = problems.slice(0, mostProblems).map(({ host, overlay, kind, what, mend }) => {
    const where = kind === "unreachable" || overlay === undefined ? "" : `${host}, ${overlay}: `;
    return `${kind === "wrong" ? style.bad("✗") : style.doubtful("?")} ${where}${what}\n  ${mend}\n`;
  });
  const more = problems.length > mostProblems ? `and ${problems.length - mostProblems} more\n` : "";
  return [...parts, ...told, more, problems.length === 0 ? "all well\n" : ""].join("");
}

function fits(text: string, width: number | undefined): boolean {
  return text.split("\n").every((line) => stripVTControlCharacters(line).length <= (width ?? Infinity));
}

type Ends = ReadonlyMap<string, PingPair["from"]>;

/** From above to the side. */
function matrix(pairs: readonly PingPair[], style: Style): string {
  const [from, to] = [ends(pairs, "from"), ends(pairs, "to")];
  const right = [...to.values()].map(({ container: title }): Column => ({ title, right: true }));
  const rows = [...from.values()].map(({ container, host }) => [
    container,
    host,
    ...[...to.values()].map((end) => cell(pairOf(pairs, container, end.container), style)),
  ]);
  return table([{ title: "FROM" }, { title: "HOST" }, ...right], rows);
}

/** A line for each container: whom it reaches, how fast, whom it does not. */
function lines(pairs: readonly PingPair[], style: Style, width: number | undefined): string {
  const columns: readonly Column[] = [
    { title: "FROM" },
    { title: "HOST" },
    { title: "REACHES", right: true },
    { title: "MEDIAN", right: true },
    { title: "WORST", right: true },
    { title: "LOST" },
  ];
  const rows = [...ends(pairs, "from").values()].map(({ container, host }) => {
    const own = pairs.filter(({ from }) => from.container === container);
    const times = own.flatMap(({ milliseconds }) => milliseconds ?? []);
    const medians = times.map(({ median }) => median).sort((one, other) => one - other);
    const middle = medians[Math.floor((medians.length - 1) / 2)];
    const losses = own.filter(({ sent, received }) => received < sent || sent === 0);
    const reached = own.filter(({ received }) => received > 0).length;
    return [
      container,
      host,
      `${reached} of ${own.length}`,
      middle === undefined ? "" : milliseconds(middle),
      times.length === 0 ? "" : milliseconds(Math.max(...times.map(({ most }) => most))),
      losses.map((pair) => `${pair.to.container} ${cell(pair, style)}`).join(", "),
    ];
  });
  return table(columns, rows, width);
}

function ends(pairs: readonly PingPair[], side: "from" | "to"): Ends {
  const found = pairs.map((pair): [string, PingPair["from"]] => [pair[side].container, pair[side]]);
  return new Map(found.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function pairOf(pairs: readonly PingPair[], from: string, to: string): PingPair | undefined {
  return pairs.find((pair) => pair.from.container === from && pair.to.container === to);
}

function cell(pair: PingPair | undefined, style: Style): string {
  if (pair === undefined) return style.faint("·");
  if (isLost(pair)) return style.bad("lost");
  const { sent, received, milliseconds: times } = pair;
  if (times === undefined) return style.doubtful("?");
  const lost = Math.round((1 - received / sent) * 100);
  return lost === 0 ? milliseconds(times.median) : style.doubtful(`${milliseconds(times.median)} ${lost}%`);
}

function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}
