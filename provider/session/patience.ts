/** Milliseconds after which people are told what is waited for; then each time the wait has doubled. */
const long = 2000;

interface Wait {
  count: number;
  timer: NodeJS.Timeout | undefined;
}

/** Says what is waited for once it takes long: one line for each thing, however many resources wait for it. */
export class Patience {
  readonly #waits = new Map<string, Wait>();
  readonly #say: (line: string) => void;
  readonly #long: number;

  constructor(say: (line: string) => void, milliseconds = long) {
    this.#say = say;
    this.#long = milliseconds;
  }

  /** Waits for the work; `phase` is what lines call it: connect, session, apply. */
  async during<T>(phase: string, work: Promise<T>): Promise<T> {
    const wait = this.#waits.get(phase) ?? { count: 0, timer: undefined };
    this.#waits.set(phase, wait);
    wait.count += 1;
    if (wait.count === 1) this.#announce(phase, wait, this.#long);
    try {
      return await work;
    } finally {
      wait.count -= 1;
      if (wait.count === 0) {
        clearTimeout(wait.timer);
        this.#waits.delete(phase);
      }
    }
  }

  #announce(phase: string, wait: Wait, next: number): void {
    const rest = next === this.#long ? next : next / 2;
    wait.timer = setTimeout(() => {
      const others = wait.count > 1 ? `, ${wait.count} resources` : "";
      this.#say(`${phase}: no answer yet, waiting for ${next / 1000} s${others}`);
      this.#announce(phase, wait, next * 2);
    }, rest);
    wait.timer.unref();
  }
}
