import type { Listening } from "./miss-stream.js";
import { MissWatch, type TellMiss } from "./miss-watch.js";

/** Those who listen to a resolver's misses; misses are followed only while there is one. */
export class MissListeners {
  readonly #device: string;
  readonly #follow: (watch: MissWatch | undefined) => void;
  readonly #all = new Set<TellMiss>();
  #watch: MissWatch | undefined;

  /** @param device name of the VXLAN device @param follow has misses told to a watch, or to nobody */
  constructor(device: string, follow: (watch: MissWatch | undefined) => void) {
    this.#device = device;
    this.#follow = follow;
  }

  add(tell: TellMiss): Listening {
    const watch = (this.#watch ??= this.#begin());
    const before = watch.skipped;
    this.#all.add(tell);
    return {
      skipped: () => watch.skipped - before,
      close: () => {
        this.#all.delete(tell);
        if (this.#all.size > 0) return;
        this.#watch = undefined;
        this.#follow(undefined);
      },
    };
  }

  #begin(): MissWatch {
    const watch = new MissWatch({
      device: this.#device,
      now: () => performance.now(),
      // Not performance.timeOrigin: a resolver runs for months, and clocks are set meanwhile.
      epoch: Date.now() - performance.now(),
      tell: (miss) => {
        for (const tell of this.#all) tell(miss);
      },
    });
    this.#follow(watch);
    return watch;
  }
}
