/**
 * Keeps work that is wanted again and again to a share of the time, by a wait after each turn that is measured by what turns take. A turn counts
 * as long as it or the one before took, whichever was shorter: one that was slow once, the first of all for one, since its code was not
 * compiled, says nothing of the next, which would otherwise wait several times as long for nothing.
 */
export class Pace {
  readonly #share: number;
  readonly #now: () => number;
  #previous = 0;
  #from = 0;

  /** @param share of the time, more than 0 and at most 1 @param now monotonic, in milliseconds */
  constructor(share: number, now: () => number = () => performance.now()) {
    this.#share = share;
    this.#now = now;
  }

  /** Milliseconds until the next turn may begin, zero when it may now. */
  get wait(): number {
    return Math.max(0, this.#from - this.#now());
  }

  /** Does the work, and waits after it, also when it fails. */
  turn(work: () => void): void {
    const began = this.#now();
    try {
      work();
    } finally {
      const end = this.#now();
      const took = end - began;
      this.#from = end + Math.min(took, this.#previous) * (1 / this.#share - 1);
      this.#previous = took;
    }
  }
}
