import { type Ip, ipFromNumber, type Mac, macFromNumber } from "../model/index.js";

/** What can be done to an entry. */
export const Do = { SetNeighbour: 0, SetForwarding: 1, DeleteNeighbour: 2, DeleteForwarding: 3 } as const;
export type Do = (typeof Do)[keyof typeof Do];

/** One change of the kernel's tables, in words for people. */
export type Action =
  | { readonly do: "set-neighbour"; readonly ip: Ip; readonly mac: Mac }
  | { readonly do: "set-forwarding"; readonly mac: Mac; readonly vtep: Ip }
  | { readonly do: "delete-neighbour"; readonly ip: Ip }
  | { readonly do: "delete-forwarding"; readonly mac: Mac };

/**
 * Changes of the kernel's tables in the order they are to be made, in seventeen bytes each: those that fill a kernel with a hundred
 * thousand records must not be as much memory again as the records.
 */
export class Actions {
  #kinds = new Uint8Array(64);
  #keys = new Float64Array(64);
  #values = new Float64Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param key IP of a neighbour, MAC of a forwarding entry @param value its MAC or its VTEP; zero for a deletion */
  push(kind: Do, key: number, value: number): void {
    const index = this.#length;
    if (index === this.#kinds.length) this.#grow();
    this.#kinds[index] = kind;
    this.#keys[index] = key;
    this.#values[index] = value;
    this.#length = index + 1;
  }

  kindAt(index: number): Do {
    return (this.#kinds[index] ?? 0) as Do;
  }

  keyAt(index: number): number {
    return this.#keys[index] ?? 0;
  }

  valueAt(index: number): number {
    return this.#values[index] ?? 0;
  }

  /** One of them for people to read. */
  at(index: number): Action {
    const [key, value] = [this.keyAt(index), this.valueAt(index)];
    switch (this.kindAt(index)) {
      case Do.SetNeighbour:
        return { do: "set-neighbour", ip: ipFromNumber(key), mac: macFromNumber(value) };
      case Do.SetForwarding:
        return { do: "set-forwarding", mac: macFromNumber(key), vtep: ipFromNumber(value) };
      case Do.DeleteNeighbour:
        return { do: "delete-neighbour", ip: ipFromNumber(key) };
      case Do.DeleteForwarding:
        return { do: "delete-forwarding", mac: macFromNumber(key) };
    }
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(): void {
    const size = this.#kinds.length * 2;
    const [kinds, keys, values] = [this.#kinds, this.#keys, this.#values];
    this.#kinds = new Uint8Array(size);
    this.#keys = new Float64Array(size);
    this.#values = new Float64Array(size);
    this.#kinds.set(kinds);
    this.#keys.set(keys);
    this.#values.set(values);
  }
}
