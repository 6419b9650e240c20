/** More at once are told as a number. */
const toldAtOnce = 10;

/** Tells people of record files and folders that cannot be read: once each, while it lasts. */
export class Complaints {
  readonly #log: (line: string) => void;
  #told: ReadonlySet<string> = new Set();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** @param complaints all there are now */
  tell(complaints: readonly string[]): void {
    const fresh = complaints.filter((complaint) => !this.#told.has(complaint));
    for (const complaint of fresh.slice(0, toldAtOnce)) this.#log(`record ignored, ${complaint}`);
    if (fresh.length > toldAtOnce) this.#log(`${fresh.length - toldAtOnce} more records ignored`);
    if (complaints.length === 0 && this.#told.size > 0) this.#log("all records can be read again");
    this.#told = new Set(complaints);
  }
}
