import { makePrograms, type Candidate, type Programs } from "./candidates.js";
import { Daemon } from "./daemon.js";
import { Field } from "./field.js";
import { recordSet } from "./record-set.js";

/** A run's programs, and fields for its measurements. */
export class Bench {
  readonly folder: string;
  readonly programs: Programs;

  private constructor(folder: string, programs: Programs) {
    this.folder = folder;
    this.programs = programs;
  }

  static async prepare(folder: string): Promise<Bench> {
    return new Bench(folder, await makePrograms(folder));
  }

  /** With a new overlay that has as many records. */
  async inField<T>(count: number, resolve: "push" | "miss", body: (field: Field) => Promise<T>): Promise<T> {
    const field = await Field.build(this.folder, await recordSet(count), resolve);
    try {
      return await body(field);
    } finally {
      await field.remove();
    }
  }

  /** With a daemon at work in a field; one that ends before it is told to is a failure. */
  async withDaemon<T>(candidate: Candidate, field: Field, body: (daemon: Daemon) => Promise<T>): Promise<T> {
    const daemon = await Daemon.start(candidate.argv(field), field);
    try {
      return await body(daemon);
    } finally {
      await daemon.stop();
    }
  }
}
