/**
 * Calls for something soon, once for all the reasons that gather until then. Monotonic: setTimeout does not follow the clock.
 */
export class Schedule<Reason> {
  readonly #run: (reasons: ReadonlySet<Reason>) => void;
  readonly #reasons = new Set<Reason>();
  #timer: NodeJS.Timeout | undefined;
  #due = Infinity;

  constructor(run: (reasons: ReadonlySet<Reason>) => void) {
    this.#run = run;
  }

  /** @param delay in milliseconds; an earlier call that was asked for stays as early */
  want(reason: Reason, delay: number): void {
    this.#reasons.add(reason);
    const due = performance.now() + delay;
    if (due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      const reasons = this.take();
      if (reasons.size > 0) this.#run(reasons);
    }, delay);
  }

  /** The reasons that have gathered; the call that was to come does not. */
  take(): ReadonlySet<Reason> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = Infinity;
    const reasons = new Set(this.#reasons);
    this.#reasons.clear();
    return reasons;
  }
}
