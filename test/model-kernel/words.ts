import { Refused } from "./state.js";

/** The words of a command, taken one after the other. */
export class Words {
  readonly #words: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#words = text.split(" ");
  }

  get empty(): boolean {
    return this.#next >= this.#words.length;
  }

  take(): string {
    const word = this.#words[this.#next++];
    if (word === undefined || word === "") throw new Refused('Command line is not complete. Try option "help"', true);
    return word;
  }

  expect(word: string): void {
    const found = this.take();
    if (found !== word) throw new Refused(`Error: either "dev" is duplicate, or "${found}" is a garbage.`, true);
  }

  /** Takes the word if it is next. */
  has(word: string): boolean {
    if (this.#words[this.#next] !== word) return false;
    this.#next++;
    return true;
  }
}

export function unknown(word: string): Refused {
  return new Refused(`Error: either "dev" is duplicate, or "${word}" is a garbage.`, true);
}
