import { stripVTControlCharacters } from "node:util";

/** A column: its heading, and on which side its cells are flush. */
export interface Column {
  readonly title: string;
  readonly right?: true;
  /** Says which row it is: begins each part of a {@link stackedTable}. */
  readonly key?: true;
}

/** What the last cell of a row has to have room for, when it is that long: it is cut to the width. */
const leastOfLast = 20;

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

/**
 * A table that is too wide for the terminal as several, one below the other, each with as many columns as have room behind the keys. A row
 * that ends before a part's columns begin is not in it.
 *
 * @param width columns of the terminal; one table when absent
 */
export function stackedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(...[title, ...rows.map((row) => row[index] ?? "")].map(length)),
  );
  const parts = partsOf(columns, widths, width);
  if (parts.length === 1) return table(columns, rows, width);
  return parts
    .map((indices) => {
      const own = indices.filter((index) => columns[index]?.key !== true);
      const there = rows.filter((row) => own.some((index) => index < row.length));
      const cells = there.map((row) => indices.map((index) => row[index] ?? ""));
      return table(
        indices.map((index) => columns[index] ?? { title: "" }),
        cells,
        width,
      );
    })
    .join("\n");
}

/** The columns of each part by their places, as few parts as have room. */
function partsOf(columns: readonly Column[], widths: readonly number[], width: number): number[][] {
  const indices = columns.map((_, index) => index);
  const needed = (index: number): number =>
    index === columns.length - 1 ? Math.min(widths[index] ?? 0, leastOfLast) : (widths[index] ?? 0);
  const total = (part: readonly number[]): number => part.reduce((sum, index) => sum + needed(index) + 2, -2);
  if (total(indices) <= width) return [indices];
  const keys = indices.filter((index) => columns[index]?.key === true);
  const parts: number[][] = [];
  for (const index of indices.filter((one) => !keys.includes(one))) {
    const part = parts.at(-1);
    if (part !== undefined && total([...keys, ...part, index]) <= width) part.push(index);
    else parts.push([index]);
  }
  return parts.map((part) => [...keys, ...part]);
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
