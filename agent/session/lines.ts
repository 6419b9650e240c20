/** A line was longer than either side may send: what follows cannot be told apart any more. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";

  constructor(limit: number) {
    super(`a message may be ${limit} bytes long at most; this one is longer, so the session ends`);
  }
}

const newline = 0x0a;

/** Cuts a stream of bytes into lines, of at most `limit` bytes each. Keeps bytes, not text: a character may be cut in two by a chunk's end. */
export class LineSplitter {
  readonly #limit: number;
  #pending: Buffer[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The lines that this chunk completes, without their ends; empty lines are left out.
   *
   * @throws LineTooLong also for a line whose end has not come yet, so memory is bounded
   */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end));
      const line = Buffer.concat(this.#pending).toString("utf8").trim();
      if (line !== "") lines.push(line);
      this.#pending = [];
      this.#length = 0;
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  #keep(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > this.#limit) throw new LineTooLong(this.#limit);
    if (bytes.length > 0) this.#pending.push(bytes);
  }
}
