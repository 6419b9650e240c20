import type { RecordSource } from "@overlaynet/agent/records/index";
import { Resolver, type ResolverWorld } from "@overlaynet/agent/resolver/resolver";
import { Summary } from "@overlaynet/agent/resolver/summary";
import { ipToNumber, macToNumber, parseIp, parseMac } from "@overlaynet/core/model/index";
import type { ResolverConfig } from "@overlaynet/core/records";
import type { PackedRecords } from "@overlaynet/core/resolver/index";
import { here, packed } from "../../core/resolver/samples.js";
import { deviceIndex, FakeKernel } from "../entries/fake-kernel.js";

export const bridgeIndex = 3;
export const red = parseIp("7.7.7.2");
export const redMac = parseMac("02:42:07:07:07:02");
export const pink = parseIp("7.7.7.3");
export const pinkMac = parseMac("02:42:07:07:07:03");
export const there = parseIp("192.168.64.28");
export const number = {
  red: ipToNumber(red),
  redMac: macToNumber(redMac),
  pink: ipToNumber(pink),
  pinkMac: macToNumber(pinkMac),
  there: ipToNumber(there),
} as const;
/** red on this host, pink on another. */
export const both = packed({ [red]: [redMac, here], [pink]: [pinkMac, there] });

/** Records that are found only when they are looked for, as those whose event the watch has lost. */
export class Source implements RecordSource {
  records: PackedRecords;
  readonly #hidden: PackedRecords | undefined;
  looks = 0;
  touched = false;

  constructor(known: PackedRecords, hidden?: PackedRecords) {
    this.records = known;
    this.#hidden = hidden;
  }

  findAddress(): boolean {
    return this.findMac();
  }

  wasTouched(): boolean {
    return this.touched;
  }

  findMac(): boolean {
    this.looks += 1;
    if (this.#hidden === undefined || this.records === this.#hidden) return false;
    this.records = this.#hidden;
    return true;
  }
}

/** A resolver's surroundings, and what it did to them. */
export class World {
  readonly kernel = new FakeKernel();
  /** Injected on the bridge. */
  readonly frames: Buffer[] = [];
  /** Causes for which it asked to compare. */
  readonly wanted: string[] = [];
  readonly stops: string[] = [];
  /** Told to people. */
  readonly lines: string[] = [];
  /** In milliseconds. */
  time = 0;

  start(config: ResolverConfig, store: RecordSource = new Source(both), more: Partial<ResolverWorld> = {}): Resolver {
    return new Resolver(config, {
      store,
      connection: this.kernel,
      answering: this.kernel,
      deviceIndex,
      bridgeIndex,
      inject: (frames, count) => {
        this.frames.push(...frames.slice(0, count).map((frame) => Buffer.from(frame)));
      },
      now: () => this.time,
      summary: new Summary((line) => this.lines.push(line)),
      wantSync: (cause) => this.wanted.push(cause),
      stop: (why) => this.stops.push(why),
      ...more,
    });
  }
}
