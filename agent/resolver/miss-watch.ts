import { ipFromNumber, macFromNumber } from "@overlaynet/core/model/index";
import type { Miss } from "@overlaynet/core/operator/index";
import { type MissLayer, type PackedRecords, TokenBucket } from "@overlaynet/core/resolver/index";
import { addressInWords, decodeNeighbour, type MessagePlace, unmarshalNeighbour } from "../netlink/index.js";
import type { MissOutcome } from "./counters.js";

/** Misses told per second, and at once: more is more than people read, and than a flood may cost. */
const toldPerSecond = 1000;

/** Told a miss that is settled. */
export type TellMiss = (miss: Miss) => void;

export interface MissWatchOptions {
  /** Name of the VXLAN device. */
  readonly device: string;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** When {@link now} was zero, in milliseconds since 1970. */
  readonly epoch: number;
  readonly tell: TellMiss;
}

type Open = { -readonly [Key in keyof Miss]: Miss[Key] } & {
  /** Of IPv4 and MAC as a number. */
  readonly key: number;
};

/** Follows misses from the kernel's notice to what came of them. There is one while somebody listens; a resolver without one does nothing of this. */
export class MissWatch {
  readonly #options: MissWatchOptions;
  readonly #bucket = new TokenBucket(toldPerSecond, toldPerSecond);
  /** Received and not settled. */
  readonly #open = new Map<string, Open>();
  #skipped = 0;

  constructor(options: MissWatchOptions) {
    this.#options = options;
  }

  /** How many misses came, since it began, and are not told. */
  get skipped(): number {
    return this.#skipped;
  }

  /** A notice came. @param address as a number; of no meaning for IPv6, where the notice has it */
  seen(layer: MissLayer, address: number, { type, flags, bytes, start, end }: MessagePlace): void {
    const payload = bytes.subarray(start, end);
    const words = layer === "ipv6" ? ipv6In(payload) : layer === "l3" ? ipFromNumber(address) : macFromNumber(address);
    const open = this.#open.get(`${layer} ${words}`);
    if (open !== undefined) {
      open.times += 1;
      return;
    }
    const { device, epoch, now } = this.#options;
    const received = now();
    if (!this.#bucket.take(received)) {
      this.#skipped += 1;
      return;
    }
    const message = decodeNeighbour({ type, flags, payload });
    this.#open.set(`${layer} ${words}`, {
      key: address,
      at: epoch + received,
      layer,
      address: words,
      device,
      // What it is where nobody says otherwise: IPv6 is not looked for.
      answer: "ipv6",
      from: "configuration",
      replied: false,
      times: 1,
      unexpected: false,
      microseconds: 0,
      ...(message === undefined ? {} : { message }),
    });
  }

  /** What a miss gets is known. @param unexpected whether it was pushed ahead of need */
  decided(layer: "l3" | "l2", address: number, answer: MissOutcome, from: Miss["from"], unexpected: boolean): void {
    const open = this.#open.get(`${layer} ${layer === "l3" ? ipFromNumber(address) : macFromNumber(address)}`);
    if (open === undefined) return;
    open.answer = answer;
    open.from = answer === "gateway" || answer === "outside" ? "configuration" : from;
    open.unexpected = unexpected && answer === "answered";
    open.replied = layer === "l3" && answer === "answered";
  }

  /** The ARP reply could not be sent. */
  notReplied(ip: number): void {
    const open = this.#open.get(`l3 ${ipFromNumber(ip)}`);
    if (open !== undefined) open.replied = false;
  }

  /** All was done that could be: tells of those that are open. @param failed whether the kernel refused an entry of them */
  settle(records: PackedRecords, failed: boolean): void {
    const { epoch, now, tell } = this.#options;
    const time = epoch + now();
    for (const { key, ...miss } of this.#open.values()) {
      miss.microseconds = Math.round(1000 * (time - miss.at));
      if (miss.answer === "answered") {
        if (failed) miss.answer = "failed";
        Object.assign(miss, answerOf(records, miss.layer, key));
      }
      tell(miss);
    }
    this.#open.clear();
  }
}

/** What the records, which hold still until a miss is settled, answered. */
function answerOf(records: PackedRecords, layer: MissLayer, key: number): Pick<Miss, "mac" | "vtep"> {
  const mac = layer === "l3" ? records.arp.get(key) : key;
  const vtep = records.fdb.get(mac);
  return {
    ...(layer === "l3" ? { mac: macFromNumber(mac) } : {}),
    ...(vtep === 0 ? {} : { vtep: ipFromNumber(vtep) }),
  };
}

function ipv6In(payload: Buffer): string {
  const destination = unmarshalNeighbour(payload)?.destination;
  return destination === undefined ? "" : addressInWords(destination);
}
