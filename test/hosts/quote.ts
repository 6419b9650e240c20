/** One line for a POSIX shell that runs exactly `argv`: ssh hands the other side a line, whatever it was given. */
export function shellLine(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}
