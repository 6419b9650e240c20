import type { RecordSource } from "@overlaynet/agent/records/index";
import { Resolver, type ResolverWorld } from "@overlaynet/agent/resolver/resolver";
import { Summary } from "@overlaynet/agent/resolver/summary";
import { parseIp, parseMac } from "@overlaynet/core/model/index";
import type { Records, ResolverConfig } from "@overlaynet/core/records";
import { here, records } from "../../core/resolver/samples.js";
import { deviceIndex, FakeKernel } from "../entries/fake-kernel.js";

export const bridgeIndex = 3;
export const red = parseIp("7.7.7.2");
export const redMac = parseMac("02:42:07:07:07:02");
export const pink = parseIp("7.7.7.3");
export const pinkMac = parseMac("02:42:07:07:07:03");
export const there = parseIp("192.168.64.28");
/** red on this host, pink on another. */
export const both = records({ [red]: [redMac, here], [pink]: [pinkMac, there] });

/** Records that are found only when they are looked for, as those whose event the watch has lost. */
export class Source implements RecordSource {
  records: Records;
  readonly #hidden: Records | undefined;
  looks = 0;

  constructor(known: Records, hidden?: Records) {
    this.records = known;
    this.#hidden = hidden;
  }

  findAddress(): boolean {
    return this.findMac();
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
      deviceIndex,
      bridgeIndex,
      inject: (frame) => this.frames.push(frame),
      now: () => this.time,
      summary: new Summary((line) => this.lines.push(line)),
      wantSync: (cause) => this.wanted.push(cause),
      stop: (why) => this.stops.push(why),
      ...more,
    });
  }
}
