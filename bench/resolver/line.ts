/** One line of the table of results. */
export interface Line {
  readonly what: string;
  readonly own: string;
  readonly reference?: string;
  readonly original?: string;
  /** How the first compares, and with which goal. */
  readonly verdict?: string;
}

/** `1.21 × C, goal ≤ 1.3: met`. @param relation `≤` or `≥`, of `value` to the goal */
export function verdict(value: number, of: string, relation: "≤" | "≥", goal: number): string {
  const met = relation === "≤" ? value <= goal : value >= goal;
  return `${round(value)} ${of}, goal ${relation} ${goal}: ${met ? "met" : "NOT met"}`;
}

export function microseconds(milliseconds: number): string {
  return `${Math.round(milliseconds * 1000)} µs`;
}

/** Three significant digits. */
export function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** The lines as a table in Markdown. */
export function table(lines: readonly Line[]): string {
  const rows = lines.map(({ what, own, reference = "", original = "", verdict: said = "" }) =>
    [what, own, reference, original, said].join(" | "),
  );
  return ["| | overlaynet | C | original | |", "|---|---|---|---|---|", ...rows.map((row) => `| ${row} |`)].join("\n");
}
