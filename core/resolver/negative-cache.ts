/**
 * Which keys were looked for and not found lately, so that a container that scans the network costs one look per address and second. Holds
 * at most `capacity` keys, the oldest going first: a scan of a /16 must not grow the memory (faucet#1828).
 */
export class NegativeCache<Key> {
  readonly #expiries = new Map<Key, number>();
  readonly #capacity: number;
  readonly #lifetime: number;

  /** @param lifetime in the unit of the times given, milliseconds where they are */
  constructor(capacity: number, lifetime: number) {
    this.#capacity = capacity;
    this.#lifetime = lifetime;
  }

  get size(): number {
    return this.#expiries.size;
  }

  has(key: Key, now: number): boolean {
    const expiry = this.#expiries.get(key);
    if (expiry === undefined) return false;
    if (now < expiry) return true;
    this.#expiries.delete(key);
    return false;
  }

  add(key: Key, now: number): void {
    this.#expiries.delete(key);
    for (const oldest of this.#expiries.keys()) {
      if (this.#expiries.size < this.#capacity) break;
      this.#expiries.delete(oldest);
    }
    this.#expiries.set(key, now + this.#lifetime);
  }

  clear(): void {
    this.#expiries.clear();
  }
}
