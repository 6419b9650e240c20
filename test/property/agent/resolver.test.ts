import { bytesOfIp, bytesOfMac, readEntries } from "@overlaynet/agent/entries/index";
import { AF, NTF, NUD, RTM } from "@overlaynet/agent/netlink/index";
import type { RecordSource } from "@overlaynet/agent/records/index";
import { Resolver } from "@overlaynet/agent/resolver/resolver";
import { Summary } from "@overlaynet/agent/resolver/summary";
import { type Ip, type Mac, parseIp, parseMac } from "@overlaynet/core/model/index";
import type { ResolverConfig } from "@overlaynet/core/records";
import type { KernelEntries } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import fc from "fast-check";
import { deviceIndex, FakeKernel, missOf } from "../../unit/agent/entries/fake-kernel.js";
import { config, here } from "../../unit/core/resolver/samples.js";

/* Few of each, so that histories meet: addresses share MACs, containers move, what is foreign gets a record later. */
const ips = ["7.7.7.2", "7.7.7.3", "7.7.7.4", "7.7.7.1", "8.8.8.8"].map(parseIp);
const macs = ["02:42:07:07:07:02", "02:42:07:07:07:03", "02:42:07:07:07:04"].map(parseMac);
const vteps = [here, parseIp("192.168.64.28"), parseIp("192.168.64.29")];

const ip = fc.constantFrom(...ips, ...ips.slice(0, 2), ...ips.slice(0, 2));
const mac = fc.constantFrom(...macs);
const vtep = fc.constantFrom(...vteps);
const state = fc.constantFrom(NUD.PERMANENT, NUD.STALE, NUD.FAILED, NUD.REACHABLE);

/** One thing that happens. Changes of records are not announced at once: the resolver hears of them at the next `sync`, as by a lost event. */
const step = fc.oneof(
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
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A resolver and the kernel it works on, both of the test's making. */
class World {
  readonly kernel = new FakeKernel();
  readonly arp = new Map<Ip, Mac>();
  readonly fdb = new Map<Mac, Ip>();
  readonly frames: Buffer[] = [];
  readonly #config: ResolverConfig;
  #resolver: Resolver;

  constructor(with_: ResolverConfig) {
    this.#config = with_;
    this.#resolver = this.#start();
  }

  #start(): Resolver {
    const store: RecordSource = { records: this, findAddress: () => false, findMac: () => false };
    const ignore = (): void => undefined;
    return new Resolver(this.#config, {
      store,
      connection: this.kernel,
      deviceIndex,
      bridgeIndex: 3,
      inject: (frame) => this.frames.push(frame),
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
        if (given.mac) this.arp.set(given.ip, given.mac);
        else this.arp.delete(given.ip);
        break;
      case "record place":
        if (given.vtep) this.fdb.set(given.mac, given.vtep);
        else this.fdb.delete(given.mac);
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
    }
    for (const message of this.kernel.takeNotices()) this.#resolver.handle(message);
  }

  /** Lets the resolver compare, again where something was refused. */
  settle(): void {
    if (this.#resolver.sync("interval").failed === 0) return;
    this.kernel.refuse = 0;
    this.#resolver.sync("retry");
  }

  /** What must hold once it has compared, whatever happened before. Told here in other words than the sources'. */
  check(): void {
    const { neighbours, forwarding } = this.entries();
    const { learning, resolve } = this.#config;
    for (const address of ips) {
      const found = neighbours.get(address);
      const recorded = address === "7.7.7.1" || address === "8.8.8.8" ? undefined : this.arp.get(address);
      const place = recorded && this.fdb.get(recorded);
      const wanted = place === here || (place === undefined && !learning) ? undefined : recorded;
      if (wanted === undefined) expect(found?.own ?? false, `${address} should not be ours`).to.equal(false);
      else if (found) expect(found, address).to.include({ mac: wanted, permanent: true });
      else expect(resolve, `${address} should be there`).to.equal("miss");
    }
    for (const address of macs) {
      const found = forwarding.get(address);
      const place = this.fdb.get(address);
      if (place === undefined || place === here) {
        expect(found?.own ?? false, `${address} should not be ours`).to.equal(false);
      } else if (found) {
        expect(found, address).to.include({ vtep: place, plain: true });
        if (!learning) expect(found.permanent, `${address} should stay`).to.equal(true);
        else expect(found.own, `${address} should be able to age`).to.equal(false);
      } else {
        expect(resolve === "miss" || learning, `${address} should be there`).to.equal(true);
      }
    }
  }
}

const histories = fc.array(step, { minLength: 20, maxLength: 100 });
const configs = fc
  .record({ learning: fc.boolean(), resolve: fc.constantFrom("push" as const, "miss" as const) })
  .map((choice): ResolverConfig => ({ ...config, ...choice }));

describe("the resolver, whatever happens", () => {
  it("leaves the kernel as the records want it, and no MAC of this host leading outside", () => {
    fc.assert(
      fc.property(configs, histories, (with_, history) => {
        const world = new World(with_);
        for (const happening of history) world.take(happening);
        world.settle();
        world.check();
      }),
      { numRuns: 500 },
    );
  });

  it("touches nothing foreign that no record names", () => {
    const strange = { ip: parseIp("7.7.7.200"), mac: parseMac("02:99:00:00:00:01"), vtep: parseIp("192.168.64.99") };
    fc.assert(
      fc.property(configs, histories, (with_, history) => {
        const world = new World(with_);
        const { kernel } = world;
        kernel.byHand(RTM.NEWNEIGH, { destination: bytesOfIp(strange.ip), linkAddress: bytesOfMac(strange.mac) });
        const linkAddress = bytesOfMac(strange.mac);
        const entry = { family: AF.BRIDGE, flags: NTF.SELF, linkAddress, destination: bytesOfIp(strange.vtep) };
        kernel.byHand(RTM.NEWNEIGH, entry);
        const before = world.entries();
        for (const happening of history) world.take(happening);
        world.settle();
        const after = world.entries();
        expect(after.neighbours.get(strange.ip)).to.deep.equal(before.neighbours.get(strange.ip));
        expect(after.forwarding.get(strange.mac)).to.deep.equal(before.forwarding.get(strange.mac));
      }),
      { numRuns: 200 },
    );
  });

  it("changes nothing when nothing happened since", () => {
    fc.assert(
      fc.property(configs, histories, (with_, history) => {
        const world = new World(with_);
        for (const happening of history) world.take(happening);
        world.settle();
        const { changes } = world.kernel;
        world.take({ do: "restart" });
        world.settle();
        expect(world.kernel.changes).to.equal(changes);
      }),
      { numRuns: 200 },
    );
  });
});
