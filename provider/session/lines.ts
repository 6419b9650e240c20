import { maxLine } from "@overlaynet/core/protocol";

/** Cuts a stream of bytes into lines. */
export class Lines {
  #parts: Buffer[] = [];
  #size = 0;

  /**
   * Adds what arrived and returns the lines that it completed, without their ends.
   *
   * @throws Error when a line grows beyond the protocol's limit
   */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      lines.push(
        Buffer.concat([...this.#parts, rest.subarray(0, end)])
          .toString("utf8")
          .replace(/\r$/, ""),
      );
      this.#parts = [];
      this.#size = 0;
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) this.#parts.push(rest);
    this.#size += rest.length;
    if (this.#size > maxLine) throw new Error(`a line of more than ${maxLine} bytes`);
    return lines;
  }
}
