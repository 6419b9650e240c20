/** Controls (C0, DEL, C1), line and paragraph separators, and what turns the direction of writing (Unicode TR 9). */
const moving = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/**
 * A text from elsewhere on one line, for people: nothing in it moves a terminal's cursor or begins a line of its own, and it ends somewhere.
 *
 * @param limit the most characters that are kept
 */
export function printable(text: string, limit = 2000): string {
  const line = text.replace(moving, " ").trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}

/** The same value with every text in it, names of members included, {@link printable}. Recursive: only for what a schema has bounded. */
export function allPrintable<T>(value: T): T {
  return anyPrintable(value) as T;
}

function anyPrintable(value: unknown): unknown {
  if (typeof value === "string") return printable(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(anyPrintable);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [printable(key), anyPrintable(member)]));
}
