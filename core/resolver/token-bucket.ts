/**
 * How often something may be done: `rate` times a second, and up to `capacity` times at once after a pause. Its caller keeps the time.
 */
export class TokenBucket {
  readonly #capacity: number;
  readonly #rate: number;
  #tokens: number;
  #filled = -Infinity;

  /** @param rate per second @param capacity at the beginning, and at most */
  constructor(rate: number, capacity: number) {
    this.#rate = rate;
    this.#capacity = capacity;
    this.#tokens = capacity;
  }

  /** Takes a token if there is one. @param now in milliseconds, monotonic */
  take(now: number): boolean {
    const filled = this.#tokens + ((now - this.#filled) / 1000) * this.#rate;
    this.#tokens = Math.min(this.#capacity, filled);
    this.#filled = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
