import type { TraceDocument, TraceHop, TraceProof } from "../document/trace.js";
import { type Style } from "../output/style.js";
import { table } from "../output/table.js";

const marks = { ok: "✓", wrong: "✗", doubtful: "?", unknown: "?" } as const;
const proofs: Readonly<Record<TraceProof["kind"], string>> = {
  arp: "ARP",
  ping: "ping",
  size: "full size",
  tcp: "TCP",
};

/** A trace as text: the hops in their order, the probes, and what is wrong first. */
export function renderTrace(document: TraceDocument, style: Style, width: number | undefined): string {
  const { from, to, hops, first, problems } = document;
  const end = to.container === undefined ? to.ip : `${to.container} (${to.ip}) on ${to.host ?? ""}`;
  const heading = `${document.title}, overlay ${document.overlay}: ${from.container} (${from.ip}) on ${from.host} to ${end}`;
  const columns = ["", "WAY", "HOST", "HOP", "FOUND"].map((title) => ({ title }));
  const rows = hops.map((hop) => [mark(hop.state, style), hop.way, hop.host, hop.name, hop.seen]);
  const proven = document.proofs.map(({ kind, ok, result }) => [
    mark(ok ? "ok" : "wrong", style),
    proofs[kind],
    result,
  ]);
  const probes =
    proven.length === 0
      ? ""
      : `\n${table(
          ["", "PROBE", "RESULT"].map((title) => ({ title })),
          proven,
          width,
        )}`;
  const silent = problems.filter(({ kind }) => kind === "unreachable");
  return [
    `${style.strong(heading)}\n\n`,
    table(columns, rows, width),
    probes,
    "\n",
    verdict(document, first, style),
    ...silent.map(({ what, mend }) => `${style.doubtful("?")} ${what}\n  ${mend}\n`),
  ].join("");
}

function verdict({ problems, proofs: all }: TraceDocument, first: TraceHop | undefined, style: Style): string {
  if (first === undefined) {
    if (problems.length > 0) return "";
    return all.length === 0 ? "no hop is wrong; nothing was sent\n" : "all well\n";
  }
  const { host, name, way, cause = "", mend = "" } = first;
  return `${style.bad("✗")} ${host}, ${name}${way === "back" ? " (back)" : ""}: ${cause}\n  ${mend}\n`;
}

function mark(state: TraceHop["state"], style: Style): string {
  const paint = state === "ok" ? style.good : state === "wrong" ? style.bad : style.doubtful;
  return paint(marks[state]);
}
