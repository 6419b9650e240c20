/** What keeps happening, told to people: the first time at once, then how often, once per interval. Its caller keeps the time. */
export class Summary {
  readonly #log: (line: string) => void;
  readonly #repeats = new Map<string, { count: number; last: string }>();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** True while there is something that {@link Summary.flush} would tell, or forget. */
  get waiting(): boolean {
    return this.#repeats.size > 0;
  }

  /** @param kind what things are counted together, in words @param detail this one: told the first time, and of the others the last */
  note(kind: string, detail: string): void {
    const repeat = this.#repeats.get(kind);
    if (repeat) {
      repeat.count += 1;
      repeat.last = detail;
      return;
    }
    this.#repeats.set(kind, { count: 0, last: detail });
    this.#log(`${kind}: ${detail}`);
  }

  /** Tells what has repeated since the last time. What has not is forgotten: when it happens again it is a first time again. */
  flush(): void {
    for (const [kind, repeat] of this.#repeats) {
      if (repeat.count === 0) {
        this.#repeats.delete(kind);
        continue;
      }
      this.#log(`${kind}: ${repeat.count} more, the last: ${repeat.last}`);
      repeat.count = 0;
    }
  }
}
