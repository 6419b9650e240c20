import { stripVTControlCharacters } from "node:util";

/** A column: its heading, and on which side its cells are flush. */
export interface Column {
  readonly title: string;
  readonly right?: true;
}

/**
 * Rows under headings, two spaces between columns, no lines: made to be read, cut by `cut` and searched by `grep`. Cells may hold colours.
 *
 * @param width columns of the terminal, which the last cell is cut to; none when absent
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width?: number): string {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => length(row[index] ?? ""))));
  const lines = all.map((row) => {
    const cells = row.map((cell, index) => {
      const room = (widths[index] ?? 0) - length(cell);
      if (columns[index]?.right === true) return " ".repeat(room) + cell;
      return index === row.length - 1 ? cell : cell + " ".repeat(room);
    });
    return fitted(cells, width).trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

/** A row that is too wide loses the end of its last cell, when that is text without colours. */
function fitted(cells: readonly string[], width: number | undefined): string {
  const line = cells.join("  ");
  const last = cells[cells.length - 1] ?? "";
  const excess = length(line) - (width ?? Infinity);
  const isPlain = stripVTControlCharacters(last) === last;
  return excess > 0 && isPlain && last.length > excess + 1 ? `${line.slice(0, line.length - excess - 1)}…` : line;
}

function length(cell: string): number {
  return stripVTControlCharacters(cell).length;
}

/** `1 host`, `2 hosts`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
