/** What is done at intervals takes at most this share of the time: with a hundred thousand records it is done less often. */
const share = 0.001;

/** The rest that work done at intervals is to have before it is done again, measured by what it took. */
export class Rest {
  readonly #least: number;
  #end = 0;

  /** @param least in milliseconds */
  constructor(least: number) {
    this.#least = least;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Does the work, and rests after it. */
  after<T>(work: () => T): T {
    const began = performance.now();
    try {
      return work();
    } finally {
      const now = performance.now();
      this.#end = now + Math.max(this.#least, (now - began) / share);
    }
  }
}
