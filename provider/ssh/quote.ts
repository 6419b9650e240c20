/**
 * The one place where a line for a remote shell is made: SSH hands every command to the user's shell as text (RFC 4254 section 6.5). Each
 * argument becomes one word that the shell reads back byte for byte.
 *
 * @throws Error for an argument with a NUL byte, which no argument can hold
 */
export function quote(argv: readonly string[]): string {
  return argv.map(quoteOne).join(" ");
}

function quoteOne(argument: string): string {
  if (argument.includes("\0")) throw new Error("an argument of a command cannot hold a NUL byte");
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
