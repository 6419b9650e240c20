import { ipFromNumber, macFromNumber } from "@overlaynet/core/model/index";
import { arpReply } from "@overlaynet/core/resolver/index";
import type { NetlinkError } from "../netlink/index.js";
import type { Counters } from "./counters.js";
import type { Summary } from "./summary.js";

/** Puts the first `count` frames on the bridge, and tells of those that could not be sent by their place. They are valid only during the call. */
export type Inject = (
  frames: readonly Buffer[],
  count: number,
  refused: (index: number, error: NetlinkError) => void,
) => void;

const atOnce = 64;

/** ARP replies for the containers that wait, sent together: a burst of misses then costs a fraction of a call each. */
export class Announcements {
  readonly #inject: Inject;
  readonly #counters: Counters;
  readonly #summary: Summary;
  readonly #notSent: (ip: number) => void;
  readonly #frames = Array.from({ length: atOnce }, () => Buffer.alloc(42));
  readonly #addresses = new Float64Array(atOnce);
  readonly #macs = new Float64Array(atOnce);
  #count = 0;

  /** @param notSent told the address of each reply that could not be sent */
  constructor(inject: Inject, counters: Counters, summary: Summary, notSent: (ip: number) => void) {
    this.#inject = inject;
    this.#counters = counters;
    this.#summary = summary;
    this.#notSent = notSent;
  }

  add(ip: number, mac: number): void {
    const index = this.#count;
    arpReply(ip, mac, this.#frames[index]);
    this.#addresses[index] = ip;
    this.#macs[index] = mac;
    this.#count = index + 1;
    if (this.#count === atOnce) this.send();
  }

  /** Sends what was added. */
  send(): void {
    const count = this.#count;
    if (count === 0) return;
    this.#count = 0;
    this.#counters.announced += count;
    this.#inject(this.#frames, count, this.#refused);
  }

  /** The container asks again in a second, and the kernel answers it from the entry. */
  readonly #refused = (index: number, { message }: NetlinkError): void => {
    this.#counters.announced -= 1;
    this.#counters.announceFailures += 1;
    const [ip, mac] = [this.#addresses[index] ?? 0, this.#macs[index] ?? 0];
    this.#notSent(ip);
    this.#summary.note("an ARP reply could not be sent", `${ipFromNumber(ip)} at ${macFromNumber(mac)}: ${message}`);
  };
}
