import type { ConfigureRequest } from "./engine.js";

/** The stack's `overlaynet:` configuration: defaults of every connection. Secret values are plain here and must not be printed. */
export class StackConfig {
  readonly #get: (key: string) => string | undefined;

  constructor(get: (key: string) => string | undefined = () => undefined) {
    this.#get = get;
  }

  /** Of what the engine hands to configure. */
  static of(request: ConfigureRequest): StackConfig {
    return new StackConfig((key) => request.config.get(`overlaynet:${key}`));
  }

  /** A value as it was set; an empty one counts as not set. */
  text(key: string): string | undefined {
    const value = this.#get(key);
    return value === "" ? undefined : value;
  }

  /** @throws Error naming the key when its value is no number; without the value, which may be a secret that was set under the wrong name */
  number(key: string): number | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (Number.isFinite(number)) return number;
    throw wrong(key, "a number");
  }

  /** @throws Error naming the key when its value does not match; without the value, as for numbers */
  matching(key: string, form: RegExp, expected: string): string | undefined {
    const value = this.text(key);
    if (value === undefined || form.test(value)) return value;
    throw wrong(key, expected);
  }

  /** The same, blind for some keys. */
  without(keys: readonly string[]): StackConfig {
    return new StackConfig((key) => (keys.includes(key) ? undefined : this.#get(key)));
  }
}

function wrong(key: string, expected: string): Error {
  return new Error(`stack config overlaynet:${key}: expected ${expected}, got something else, which is not shown`);
}
