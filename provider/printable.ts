/**
 * A text from elsewhere on one line, for people: nothing in it moves a terminal's cursor or begins a line of its own, and it ends somewhere.
 *
 * @param limit the most characters that are kept
 */
export function printable(text: string, limit = 2000): string {
  // Controls (C0, DEL, C1), line and paragraph separators, and what turns the direction of writing (Unicode TR 9).
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
