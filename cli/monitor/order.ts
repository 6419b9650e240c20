/**
 * Puts what comes from several places into the order of its times: each waits a little for what is earlier and comes later. What comes later still is handed on at once. A time that cannot be
 * right holds nothing up, since waiting is counted from when it came.
 */
export class InOrder<T> {
  readonly #wait: number;
  readonly #hand: (item: T) => void;
  /** The earliest first. */
  readonly #waiting: { readonly time: number; readonly item: T }[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();

  /** @param wait milliseconds */
  constructor(wait: number, hand: (item: T) => void) {
    this.#wait = wait;
    this.#hand = hand;
  }

  add(time: number, item: T): void {
    const behind = this.#waiting.findLastIndex((other) => other.time <= time);
    this.#waiting.splice(behind + 1, 0, { time, item });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#release(time);
    }, this.#wait);
    this.#timers.add(timer);
  }

  /** Hands on all that waits. */
  flush(): void {
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
    this.#release(Infinity);
  }

  #release(until: number): void {
    const later = this.#waiting.findIndex(({ time }) => time > until);
    const due = this.#waiting.splice(0, later === -1 ? this.#waiting.length : later);
    for (const { item } of due) this.#hand(item);
  }
}
