/** The widths of a table's keys and values, in bits: 32 is an IPv4 address, 48 a MAC address. */
export type Width = 32 | 48;

/** Slots are a power of two, and at most this share of them is taken: with linear probing a search then looks at two or three. */
const maxLoad = 0.8;
const fewest = 16;

/**
 * Addresses to addresses, as numbers, in two typed arrays (open addressing, linear probing): a neighbour table or a forwarding table of
 * twelve bytes a slot, without an object or a string for any of them. Zero stands for "none" as a value, and cannot be one:
 * no container has the MAC 00:00:00:00:00:00, no VTEP the address 0.0.0.0.
 */
export class AddressTable {
  readonly #keyWidth: Width;
  readonly #valueWidth: Width;
  #keys: Uint32Array | Float64Array;
  #values: Uint32Array | Float64Array;
  #mask: number;
  #size = 0;

  /** @param expected how many entries there is room for before the table grows */
  constructor(keyWidth: Width, valueWidth: Width, expected = 0) {
    this.#keyWidth = keyWidth;
    this.#valueWidth = valueWidth;
    const slots = slotsFor(expected);
    this.#keys = numbers(keyWidth, slots);
    this.#values = numbers(valueWidth, slots);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** How many slots there are; a slot's number is below it, and stays as long as nothing is set or deleted. */
  get slots(): number {
    return this.#mask + 1;
  }

  /** What the arrays take, in bytes. */
  get bytes(): number {
    return this.#keys.byteLength + this.#values.byteLength;
  }

  /** The value of a key, zero when it has none. */
  get(key: number): number {
    return this.#values[this.#find(key)] ?? 0;
  }

  has(key: number): boolean {
    return this.get(key) !== 0;
  }

  /** The slot of a key, -1 when it has none. */
  slotOf(key: number): number {
    const slot = this.#find(key);
    return this.#values[slot] === 0 ? -1 : slot;
  }

  keyAt(slot: number): number {
    return this.#keys[slot] ?? 0;
  }

  /** Zero when the slot is empty. */
  valueAt(slot: number): number {
    return this.#values[slot] ?? 0;
  }

  /** Adds the keys that have a value to a set. Searches by the engine's own means: a hundred thousand entries take a third of a millisecond, and forty times that by a loop that has not run before. */
  addKeysOf(value: number, to: Set<number>): void {
    const values = this.#values;
    for (let slot = values.indexOf(value); slot !== -1; slot = values.indexOf(value, slot + 1))
      to.add(this.keyAt(slot));
  }

  /** Gives a key a value, which is not zero. Answers whether it had another, or none. */
  set(key: number, value: number): boolean {
    let slot = this.#find(key);
    const previous = this.#values[slot];
    if (previous === value) return false;
    if (previous === 0) {
      if (this.#size + 1 > this.slots * maxLoad) {
        this.#resize(this.slots * 2);
        slot = this.#find(key);
      }
      this.#size += 1;
      this.#keys[slot] = key;
    }
    this.#values[slot] = value;
    return true;
  }

  /** Answers whether the key was there. */
  delete(key: number): boolean {
    const slot = this.#find(key);
    if (this.#values[slot] === 0) return false;
    this.#size -= 1;
    this.#close(slot);
    return true;
  }

  clear(): void {
    if (this.#size === 0) return;
    this.#values.fill(0);
    this.#size = 0;
  }

  /** In no particular order. The table must not be changed meanwhile. */
  forEach(visit: (key: number, value: number) => void): void {
    for (let slot = 0; slot <= this.#mask; slot += 1) {
      const value = this.#values[slot] ?? 0;
      if (value !== 0) visit(this.#keys[slot] ?? 0, value);
    }
  }

  /** A table of its own with the same entries. */
  copy(): AddressTable {
    const other = new AddressTable(this.#keyWidth, this.#valueWidth);
    other.#keys = this.#keys.slice();
    other.#values = this.#values.slice();
    other.#mask = this.#mask;
    other.#size = this.#size;
    return other;
  }

  /** The slot that holds the key, or the empty one where it would go. */
  #find(key: number): number {
    let slot = hash(key) & this.#mask;
    while (this.#values[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & this.#mask;
    return slot;
  }

  /** Empties a slot, and moves back what was put behind it because it was taken: no gap may part an entry from its place. */
  #close(gap: number): void {
    for (let slot = (gap + 1) & this.#mask; this.#values[slot] !== 0; slot = (slot + 1) & this.#mask) {
      const home = hash(this.#keys[slot] ?? 0) & this.#mask;
      if (((slot - home) & this.#mask) < ((slot - gap) & this.#mask)) continue;
      this.#keys[gap] = this.#keys[slot] ?? 0;
      this.#values[gap] = this.#values[slot] ?? 0;
      gap = slot;
    }
    this.#values[gap] = 0;
  }

  #resize(slots: number): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = numbers(this.#keyWidth, slots);
    this.#values = numbers(this.#valueWidth, slots);
    this.#mask = slots - 1;
    for (let old = 0; old < values.length; old += 1) {
      const value = values[old] ?? 0;
      if (value === 0) continue;
      const key = keys[old] ?? 0;
      const slot = this.#find(key);
      this.#keys[slot] = key;
      this.#values[slot] = value;
    }
  }
}

function numbers(width: Width, count: number): Uint32Array | Float64Array {
  return width === 32 ? new Uint32Array(count) : new Float64Array(count);
}

function slotsFor(expected: number): number {
  let slots = fewest;
  while (expected > slots * maxLoad) slots *= 2;
  return slots;
}

/** Mixes all 48 bits into 32: addresses are given one after the other, MACs begin alike (the multipliers are those of xxHash, the shifts too). */
function hash(key: number): number {
  const low = key | 0;
  const high = (key / 0x1_0000_0000) | 0;
  let mixed = Math.imul(low ^ Math.imul(high, 0x85eb_ca77), 0x9e37_79b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85eb_ca77);
  return mixed ^ (mixed >>> 13);
}
