import { type PingResult, median } from "../checks/ping.js";

/** Who pinged whom, and what came back. */
export interface Pinged {
  readonly from: string;
  readonly to: string;
  readonly result: PingResult;
}

/** A table for a terminal: every pair with its loss and its first and median round trip in milliseconds. */
export function pingTable(rows: readonly Pinged[]): string {
  const cells = rows.map(({ from, to, result: { sent, received, times } }) => [
    from,
    to,
    `${Math.round((100 * (sent - received)) / sent)} %`,
    milliseconds(times[0]),
    milliseconds(times.length === 0 ? undefined : median(times)),
  ]);
  const table = [["from", "to", "loss", "first ms", "median ms"], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) => row.map((cell, column) => align(cell, column, widths[column] ?? 0)).join("  "))
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
}

/** Names to the left, numbers to the right. */
function align(cell: string, column: number, width: number): string {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}

function milliseconds(time: number | undefined): string {
  return time === undefined ? "-" : time.toFixed(2);
}
