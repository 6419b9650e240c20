import type { Problem } from "../document/problem.js";
import type { StatusContainer, StatusDocument, StatusHost, StatusOverlay, StatusRecord } from "../document/status.js";
import type { Style } from "../output/style.js";
import { type Column, count, stackedTable } from "../output/table.js";

/** More rows of containers or records than this are counted: fifty hosts are to be readable. */
const rowsTold = 40;

const hostColumns: readonly Column[] = [
  { title: "HOST", key: true },
  { title: "ADDRESS" },
  { title: "AGENT" },
  { title: "KERNEL" },
  { title: "OVERLAY", key: true },
  { title: "RESOLVER" },
  { title: "DEVICE" },
  { title: "CONTAINERS", right: true },
  { title: "RECORDS", right: true },
  { title: "ENTRIES", right: true },
  { title: "DRIFT", right: true },
  { title: "REPAIRED", right: true },
  { title: "DROPPED", right: true },
  { title: "MISSES/S", right: true },
  { title: "UNANSWERED", right: true },
  { title: "LAST ERROR" },
];

/** A status for people. @param width of the terminal; none when absent @param all every row, however many */
export function renderStatus(
  document: StatusDocument,
  style: Style,
  { width, all = false }: { readonly width?: number | undefined; readonly all?: boolean } = {},
): string {
  const { hosts, containers, records } = document;
  const parts = [
    `${style.strong(document.title)}: ${count(hosts.length, "host")}, ${count(containers.length, "container")}, ${count(records.length, "record")}\n`,
    stackedTable(
      hostColumns,
      hosts.flatMap((host) => hostRows(host, style)),
      width,
    ),
  ];
  if (containers.length > 0) {
    parts.push(list("containers", containerColumns, containers, (one) => containerRow(one, style), all, width));
  }
  if (records.length > 0)
    parts.push(list("records", recordColumns, records, (one) => recordRow(one, hosts.length), all, width));
  parts.push(renderNotes(hosts) + renderVerdict(document, style));
  return parts.join("\n");
}

function hostRows(host: StatusHost, style: Style): string[][] {
  const { name, address, agent, kernel, overlays } = host;
  if (!host.reachable) return [[name, address, style.bad("not reachable")]];
  const first = [name, address, agent?.version ?? "", kernel ?? ""];
  if (overlays.length === 0) return [[...first, style.faint("none")]];
  return overlays.map((overlay, index) => [
    ...(index === 0 ? first : ["", "", "", ""]),
    ...overlayCells(overlay, style),
  ]);
}

function overlayCells(one: StatusOverlay, style: Style): string[] {
  const { overlay, resolver, device, deviceState, entries, drift, unanswered } = one;
  const alarm = (text: string, wrong: boolean): string => (wrong ? style.bad(text) : text);
  return [
    overlay,
    alarm(resolver, resolver !== "running"),
    alarm(`${device} ${deviceState}`, deviceState !== "up"),
    String(one.containers),
    String(one.records),
    entries === undefined ? "-" : `${entries.neighbours}+${entries.forwarding}`,
    alarm(String(drift.length), drift.length > 0),
    String(one.repaired.structure + (one.repaired.entries ?? 0)),
    one.dropped === undefined ? "-" : String(sum(Object.values(one.dropped))),
    one.missesPerSecond.toFixed(1),
    unanswered > 0 ? style.doubtful(String(unanswered)) : "0",
    one.lastError === "" ? "-" : one.lastError,
  ];
}

const containerColumns: readonly Column[] = [
  { title: "CONTAINER", key: true },
  { title: "OVERLAY" },
  { title: "HOST" },
  { title: "ADDRESS" },
  { title: "MAC" },
  { title: "STATE" },
];

function containerRow({ name, overlay, host, ip, mac, state, drift }: StatusContainer, style: Style): string[] {
  const words = state === "drift" ? `drift: ${drift.join("; ")}` : state;
  const shown = state === "ok" ? style.good(words) : state === "unknown" ? style.doubtful(words) : style.bad(words);
  return [name, overlay, host, ip, mac ?? "-", shown];
}

/** Of a table of records. */
export const recordColumns: readonly Column[] = [
  { title: "RECORD", key: true },
  { title: "OVERLAY" },
  { title: "MAC" },
  { title: "VTEP" },
  { title: "WHERE" },
  { title: "WHOSE" },
  { title: "ON" },
];

/** A row of it. @param hosts how many told their records */
export function recordRow({ ip, overlay, mac, vtep, host, origin, name, on }: StatusRecord, hosts: number): string[] {
  const whose = name === undefined ? origin : `${origin === "neigh" ? "neighbour" : origin} ${name}`;
  const where = on.length === hosts ? "all" : on.join(",");
  return [ip ?? "-", overlay, mac, vtep ?? "-", host ?? "outside", whose, where];
}

function list<T>(
  what: string,
  columns: readonly Column[],
  rows: readonly T[],
  row: (one: T) => string[],
  all: boolean,
  width: number | undefined,
): string {
  const shown = all ? rows : rows.slice(0, rowsTold);
  const rest = rows.length - shown.length;
  const more = rest > 0 ? `and ${rest} more ${what}: --all shows them\n` : "";
  return stackedTable(columns, shown.map(row), width) + more;
}

/** What is not wrong and good to know: who changes something right now, so that what is shown may be half done, and whom records lead to without letting them in. */
function renderNotes(hosts: readonly StatusHost[]): string {
  const lines = hosts.flatMap(({ name, working, overlays }) => [
    ...(working === undefined ? [] : [`${name} is being changed by ${working.holder} since ${working.since}`]),
    ...overlays.flatMap(({ overlay, outwardOnly }) =>
      outwardOnly.map(
        (vtep) => `${name}, ${overlay}: records lead to ${vtep}, and nothing is taken from there (see trustedVteps)`,
      ),
    ),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** What is wrong and what to do, or that nothing is. */
function renderVerdict({ problems }: StatusDocument, style: Style): string {
  return problems.length === 0 ? `${style.good("all well")}\n` : renderProblems(problems, style);
}

/** Each problem, and what to do about it; nothing when there is none. */
export function renderProblems(problems: readonly Problem[], style: Style): string {
  if (problems.length === 0) return "";
  const lines = problems.map(({ host, overlay, what, mend }) => {
    const said = what.startsWith(`${host} (`) ? what : `${host}${overlay === undefined ? "" : `, ${overlay}`}: ${what}`;
    return `${style.bad("✗")} ${said}\n  → ${mend}\n`;
  });
  return `${lines.join("")}${style.bad(`${count(problems.length, "thing")} wrong`)}\n`;
}
