/** What a script told as lines of `key value`, from its mark on: whatever a login shell prints before is skipped. */
export class Told {
  readonly #lines: readonly string[];

  constructor(stdout: string, mark: string) {
    this.#lines = stdout.slice(Math.max(0, stdout.lastIndexOf(mark))).split("\n");
  }

  /** Every value of a key, in order. */
  all(key: string): string[] {
    return this.#lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1).trim());
  }

  /** The first value of a key; empty when there is none. */
  one(key: string): string {
    return this.all(key)[0] ?? "";
  }

  /** The first value as a number; undefined when there is none, or none that is one. */
  number(key: string): number | undefined {
    const text = this.one(key);
    return text === "" || !Number.isFinite(Number(text)) ? undefined : Number(text);
  }
}
