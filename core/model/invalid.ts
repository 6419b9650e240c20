/** A value that a parse function of the model refused. The message names what it was for, what was given and what was expected. */
export class InvalidValue extends Error {
  override readonly name = "InvalidValue";
  readonly given: unknown;
  readonly expected: string;

  constructor(given: unknown, expected: string) {
    super(`expected ${expected}, got ${show(given)}`);
    this.given = given;
    this.expected = expected;
  }
}

const longest = 80;

function show(given: unknown): string {
  const json = typeof given === "bigint" ? `${given.toString()}n` : (JSON.stringify(given) as string | undefined);
  const text = json ?? typeof given;
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
