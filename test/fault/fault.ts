import type { FaultScene } from "./scene.js";

/** A way to break a running overlay, and what is promised of it (shared by the tests and bench/faults). */
export interface Fault {
  /** What breaks, as the results name it. */
  readonly name: string;
  /** What the overlay promises then, in a sentence. */
  readonly promise: string;
  /** Containers that talk meanwhile and should not notice: from whom to whom. */
  readonly undisturbed: readonly (readonly [from: string, to: string])[];
  /** Breaks it, for real. Recovery is counted from the moment this is called, unless there is an `end`. */
  readonly strike: (scene: FaultScene) => Promise<void>;
  /** Where a fault lasts: ends it. Recovery is counted from then. */
  readonly end?: (scene: FaultScene) => Promise<void>;
  /** What has to be true again, besides that every pair pings: asked until it is. */
  readonly recovered?: (scene: FaultScene) => Promise<boolean>;
  /** Removes what the fault left and nobody has to mend. */
  readonly tidy?: (scene: FaultScene) => Promise<void>;
}
