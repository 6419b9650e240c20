import type { Finding } from "@overlaynet/core/doctor/index";
import type { DoctorDocument } from "../document/doctor.js";
import type { Style } from "../output/style.js";
import { count } from "../output/table.js";

const marks = { ok: "✓", note: "·", warning: "!", error: "✗" } as const;
const severities = ["error", "warning", "note", "ok"] as const;

/** Findings as text, the gravest first. @param all those that are well, too */
export function renderDoctor(document: DoctorDocument, style: Style, all: boolean): string {
  const { title, findings, problems } = document;
  const shown = severities.filter((severity) => all || severity !== "ok");
  const lines = shown
    .flatMap((severity) => findings.filter((one) => one.severity === severity))
    .map((one) => line(one, style));
  const silent = problems.map(({ what, mend }) => `${style.doubtful("?")} ${what}\n  ${mend}\n`);
  const hosts = new Set(findings.map(({ host }) => host)).size;
  const number = (severity: Finding["severity"]): number => findings.filter((one) => one.severity === severity).length;
  const sum = `${count(number("error"), "error")}, ${count(number("warning"), "warning")}, ${count(number("note"), "note")}; ${number("ok")} checks well`;
  const rows = [...lines, ...silent];
  return [
    `${style.strong(`${title}: ${count(hosts, "host")} examined`)}\n\n`,
    ...rows,
    rows.length === 0 ? "" : "\n",
    `${sum}\n`,
  ].join("");
}

function line({ host, peer, check, severity, evidence, mend }: Finding, style: Style): string {
  const paint = { ok: style.good, note: style.faint, warning: style.doubtful, error: style.bad }[severity];
  const where = peer === undefined ? host : `${host} to ${peer}`;
  return `${paint(marks[severity])} ${where}, ${check}: ${evidence}\n${mend === undefined ? "" : `  ${mend}\n`}`;
}
