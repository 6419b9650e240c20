import { bytesOfIp, bytesOfMac, readEntries, type SyncReport } from "@overlaynet/agent/entries/index";
import { AF, NTF, NUD, RTM } from "@overlaynet/agent/netlink/index";
import type { RecordSource } from "@overlaynet/agent/records/index";
import { Resolver } from "@overlaynet/agent/resolver/resolver";
import { Summary } from "@overlaynet/agent/resolver/summary";
import { ipToNumber, macToNumber, parseIp, parseMac } from "@overlaynet/core/model/index";
import type { ResolverConfig } from "@overlaynet/core/records";
import { arpTable, fdbTable, type KernelEntries } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import fc from "fast-check";
import { deviceIndex, FakeKernel, missOf } from "../../unit/agent/entries/fake-kernel.js";
import { config, here } from "../../unit/core/resolver/samples.js";

/* Few of each, so that histories meet: addresses share MACs, containers move, what is foreign gets a record later. */
export const ips = ["7.7.7.2", "7.7.7.3", "7.7.7.4", "7.7.7.1", "8.8.8.8"].map((text) => ipToNumber(parseIp(text)));
export const macs = ["02:42:07:07:07:02", "02:42:07:07:07:03", "02:42:07:07:07:04"].map((text) =>
  macToNumber(parseMac(text)),
);
const local = ipToNumber(here);
const vteps = [local, ipToNumber(parseIp("192.168.64.28")), ipToNumber(parseIp("192.168.64.29"))];

const outside = ips.slice(3);
const ip = fc.constantFrom(...ips, ...ips.slice(0, 2), ...ips.slice(0, 2));
const mac = fc.constantFrom(...macs);
const vtep = fc.constantFrom(...vteps);
const state = fc.constantFrom(NUD.PERMANENT, NUD.STALE, NUD.FAILED, NUD.REACHABLE);

/** One thing that happens. Changes of records are not announced at once: the resolver hears of them at the next `sync`, as by a lost event. */
export const step = fc.oneof(
  fc.record({ do: fc.constant("record address" as const), ip, mac: fc.option(mac, { nil: undefined }) }),
  fc.record({ do: fc.constant("record place" as const), mac, vtep: fc.option(vtep, { nil: undefined }) }),
  fc.record({ do: fc.constant("neighbour by hand" as const), ip, mac, state }),
  fc.record({ do: fc.constant("forwarding by hand" as const), mac, vtep, permanent: fc.boolean() }),
  fc.record({ do: fc.constant("learn" as const), mac, vtep }),
  fc.record({ do: fc.constant("delete neighbour" as const), ip }),
  fc.record({ do: fc.constant("delete forwarding" as const), mac }),
  fc.record({ do: fc.constant("l3 miss" as const), ip }),
  fc.record({ do: fc.constant("l2 miss" as const), mac }),
  fc.record({ do: fc.constant("refuse" as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.constant({ do: "flap" as const }),
  fc.constant({ do: "restart" as const }),
  fc.constant({ do: "sync" as const }),
  fc.constant({ do: "hear" as const }),
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A resolver and the kernel it works on, both of the test's making. */
export class World {
  readonly kernel = new FakeKernel();
  readonly records = { arp: arpTable(), fdb: fdbTable() };
  /** Of what the resolver has not heard. */
  #changed = { arp: new Set<number>(), fdb: new Set<number>() };
  readonly frames: Buffer[] = [];
  readonly #config: ResolverConfig;
  #resolver: Resolver;

  constructor(with_: ResolverConfig) {
    this.#config = with_;
    this.#resolver = this.#start();
  }

  #start(): Resolver {
    const store: RecordSource = {
      records: this.records,
      wasTouched: () => false,
      findAddress: () => false,
      findMac: () => false,
    };
    const ignore = (): void => undefined;
    return new Resolver(this.#config, {
      store,
      connection: this.kernel,
      answering: this.kernel,
      deviceIndex,
      bridgeIndex: 3,
      inject: (frames, count) => {
        this.frames.push(...frames.slice(0, count).map((frame) => Buffer.from(frame)));
      },
      now: () => 0,
      summary: new Summary(ignore),
      wantSync: ignore,
      stop: ignore,
    });
  }

  entries(): KernelEntries {
    return readEntries(this.kernel, deviceIndex);
  }

  take(given: Step): void {
    switch (given.do) {
      case "record address":
        if (given.mac) this.records.arp.set(given.ip, given.mac);
        else this.records.arp.delete(given.ip);
        this.#changed.arp.add(given.ip);
        break;
      case "record place":
        if (given.vtep) this.records.fdb.set(given.mac, given.vtep);
        else this.records.fdb.delete(given.mac);
        this.#changed.fdb.add(given.mac);
        break;
      case "neighbour by hand":
        this.kernel.byHand(RTM.NEWNEIGH, {
          state: given.state,
          destination: bytesOfIp(given.ip),
          linkAddress: bytesOfMac(given.mac),
        });
        break;
      case "forwarding by hand":
        this.kernel.byHand(RTM.NEWNEIGH, {
          family: AF.BRIDGE,
          flags: NTF.SELF,
          state: given.permanent ? NUD.PERMANENT : NUD.REACHABLE,
          linkAddress: bytesOfMac(given.mac),
          destination: bytesOfIp(given.vtep),
        });
        break;
      case "learn":
        if (this.#config.learning) this.kernel.learn(bytesOfMac(given.mac), bytesOfIp(given.vtep));
        break;
      case "delete neighbour":
        this.kernel.byHand(RTM.DELNEIGH, { destination: bytesOfIp(given.ip) });
        break;
      case "delete forwarding":
        this.kernel.byHand(RTM.DELNEIGH, { family: AF.BRIDGE, flags: NTF.SELF, linkAddress: bytesOfMac(given.mac) });
        break;
      case "l3 miss":
        this.#resolver.handle(missOf({ destination: bytesOfIp(given.ip) }));
        this.#resolver.answer(0);
        break;
      case "l2 miss":
        this.#resolver.handle(missOf({ linkAddress: bytesOfMac(given.mac) }));
        this.#resolver.answer(0);
        break;
      case "refuse":
        this.kernel.refuse += given.count;
        break;
      case "flap":
        this.kernel.flap();
        break;
      case "restart":
        this.#resolver = this.#start();
        break;
      case "sync":
        this.settle();
        break;
      case "hear":
        this.hear();
        break;
    }
    for (const message of this.kernel.takeNotices()) this.#resolver.handle(message);
  }

  /** Lets the resolver compare, again where something was refused. */
  settle(): SyncReport {
    this.#changed = { arp: new Set(), fdb: new Set() };
    const report = this.#resolver.sync("interval");
    if (report.failed === 0) return report;
    this.kernel.refuse = 0;
    return this.#resolver.sync("retry");
  }

  /** Tells the resolver which records changed since it last heard of any. */
  hear(): SyncReport {
    const changed = this.#changed;
    this.#changed = { arp: new Set(), fdb: new Set() };
    return this.#resolver.syncChanged("records", changed);
  }

  /** What must hold once it has compared, whatever happened before. Told here in other words than the sources'. */
  check(): void {
    const { neighbours, forwarding } = this.entries();
    const { learning, resolve } = this.#config;
    for (const address of ips) {
      const found = neighbours.get(address);
      const recorded = outside.includes(address) ? 0 : this.records.arp.get(address);
      const place = this.records.fdb.get(recorded);
      const wanted = place === local || (place === 0 && !learning) ? 0 : recorded;
      if (wanted === 0) expect(found?.own ?? false, `${address} should not be ours`).to.equal(false);
      else if (found) expect(found, String(address)).to.include({ mac: wanted, permanent: true });
      else expect(resolve, `${address} should be there`).to.equal("miss");
    }
    for (const address of macs) {
      const found = forwarding.get(address);
      const place = this.records.fdb.get(address);
      if (place === 0 || place === local) {
        expect(found?.own ?? false, `${address} should not be ours`).to.equal(false);
      } else if (found) {
        expect(found, String(address)).to.include({ vtep: place, plain: true });
        if (!learning) expect(found.permanent, `${address} should stay`).to.equal(true);
        else expect(found.own, `${address} should be able to age`).to.equal(false);
      } else {
        expect(resolve === "miss" || learning, `${address} should be there`).to.equal(true);
      }
    }
  }
}

export const configs = fc
  .record({ learning: fc.boolean(), resolve: fc.constantFrom("push" as const, "miss" as const) })
  .map((choice): ResolverConfig => ({ ...config, ...choice }));
