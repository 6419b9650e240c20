import { bytesOfIp, bytesOfMac, readEntries, type SyncReport } from "@overlaynet/agent/entries/index";
import { AF, NetlinkError, NTF, NUD, RTM } from "@overlaynet/agent/netlink/index";
import { RecordStore } from "@overlaynet/agent/records/index";
import type { SyncCause } from "@overlaynet/agent/resolver/counters";
import { Resolver } from "@overlaynet/agent/resolver/resolver";
import { Summary } from "@overlaynet/agent/resolver/summary";
import type { ResolverConfig } from "@overlaynet/core/records";
import type { KernelEntries } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { bridgeIndex, FakeKernel, missOf } from "../../../unit/agent/entries/fake-kernel.js";
import { here } from "../../../unit/core/resolver/samples.js";
import { Disk } from "./disk.js";
import { strange } from "./oracle.js";
import { ipNumber, macNumber, type Step } from "./steps.js";

/** More notices than this are lost while nobody reads. */
const queueLength = 40;

/** The real resolver and record store between a fake kernel and real files, with a hand that lets things happen and the event loop turn. */
export class World {
  readonly kernel = new FakeKernel();
  readonly disk = new Disk();
  readonly config: ResolverConfig;
  readonly #wanted = new Set<SyncCause>();
  #time = 0;
  #stopped = false;
  #store: RecordStore;
  #resolver: Resolver;

  constructor(with_: ResolverConfig) {
    this.config = { ...with_, storage: this.disk.storage as ResolverConfig["storage"] };
    this.kernel.queueLength = queueLength;
    this.#estrange();
    [this.#store, this.#resolver] = this.#start();
  }

  entries(): KernelEntries {
    return readEntries(this.kernel, this.kernel.device);
  }

  take(given: Step): void {
    const { kernel, disk } = this;
    this.#time += 10;
    switch (given.do) {
      case "record address":
        disk.record("arp", given.ip, given.mac, given.told);
        break;
      case "record place":
        disk.record("fdb", given.mac, given.vtep, given.told);
        break;
      case "address used again":
        disk.record("arp", given.ip, given.mac, given.told);
        disk.record("fdb", given.mac, given.vtep, given.told);
        break;
      case "half written":
        disk.damage(given.table, given.table === "arp" ? given.ip : given.mac, given.text, given.told);
        break;
      case "folder":
        disk.move(given.table, given.away);
        break;
      case "neighbour by hand":
        kernel.byHand(RTM.NEWNEIGH, {
          state: given.state,
          destination: bytesOfIp(ipNumber(given.ip)),
          linkAddress: bytesOfMac(macNumber(given.mac)),
        });
        break;
      case "forwarding by hand":
        kernel.byHand(RTM.NEWNEIGH, {
          family: AF.BRIDGE,
          flags: NTF.SELF,
          state: given.permanent ? NUD.PERMANENT : NUD.REACHABLE,
          linkAddress: bytesOfMac(macNumber(given.mac)),
          destination: bytesOfIp(ipNumber(given.vtep)),
        });
        break;
      case "learn":
        if (this.config.learning) kernel.learn(bytesOfMac(macNumber(given.mac)), bytesOfIp(ipNumber(given.vtep)));
        break;
      case "delete neighbour":
        kernel.byHand(RTM.DELNEIGH, { destination: bytesOfIp(ipNumber(given.ip)) });
        break;
      case "delete forwarding":
        kernel.byHand(RTM.DELNEIGH, {
          family: AF.BRIDGE,
          flags: NTF.SELF,
          linkAddress: bytesOfMac(macNumber(given.mac)),
        });
        break;
      case "l3 miss":
        kernel.notices.push(missOf({ destination: bytesOfIp(ipNumber(given.ip)) }, kernel.device));
        break;
      case "l2 miss":
        kernel.notices.push(missOf({ linkAddress: bytesOfMac(macNumber(given.mac)) }, kernel.device));
        break;
      case "fault":
        kernel.plan.push(given.fault);
        break;
      case "link":
        kernel.setUp(given.up);
        this.#estrange();
        break;
      case "device replaced":
        kernel.replaceDevice();
        this.#estrange();
        break;
      case "overrun":
        kernel.notices.length = 0;
        kernel.overrun = true;
        break;
      case "killed":
        this.#restart();
        break;
      case "interval":
        this.#interval(false);
        break;
      case "turn":
        this.#turn();
        break;
    }
  }

  /** All faults end, and the resolver has time. */
  settle(): void {
    this.kernel.plan.length = 0;
    this.kernel.setUp(true);
    this.disk.mend();
    // A device that was replaced unheard is found out at the first interval, and a new resolver starts from what is on disk.
    this.#interval(true);
    for (let turns = 0; turns < 6; turns += 1) this.#turn();
    expect(this.#wanted, "the resolver does not come to rest").to.have.property("size", 0);
  }

  #estrange(): void {
    const linkAddress = bytesOfMac(macNumber(strange.mac));
    this.kernel.byHand(RTM.NEWNEIGH, { destination: bytesOfIp(ipNumber(strange.ip)), linkAddress });
    const entry = { family: AF.BRIDGE, flags: NTF.SELF, linkAddress, destination: bytesOfIp(ipNumber(strange.vtep)) };
    this.kernel.byHand(RTM.NEWNEIGH, entry);
  }

  #start(): [RecordStore, Resolver] {
    const store = new RecordStore(this.disk.storage);
    const resolver = new Resolver(this.config, {
      store,
      connection: this.kernel,
      answering: this.kernel,
      deviceIndex: this.kernel.device,
      bridgeIndex,
      inject: () => undefined,
      now: () => this.#time,
      summary: new Summary(() => undefined),
      wantSync: (cause) => this.#wanted.add(cause),
      stop: () => (this.#stopped = true),
    });
    return [store, resolver];
  }

  /** As the service manager does: again, until it starts. */
  #restart(): void {
    this.#wanted.clear();
    this.#stopped = false;
    // A new socket hears only what comes from now on.
    this.kernel.takeNotices();
    this.kernel.overrun = false;
    for (;;) {
      [this.#store, this.#resolver] = this.#start();
      this.#store.rescan();
      try {
        if (!this.#store.isWhole) this.#store.adopt(this.entries());
        this.#resolver.sync("start");
        return;
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
      }
    }
  }

  #turn(): void {
    for (const message of this.kernel.takeNotices()) this.#resolver.handle(message);
    if (this.kernel.overrun) this.#wanted.add("overrun");
    this.kernel.overrun = false;
    if (!this.#stopped) this.#resolver.answer(this.#time);
    const causes = new Set(this.#wanted);
    this.#wanted.clear();
    this.disk.tell(this.#store);
    if (causes.has("overlooked")) this.#store.rescan();
    const [cause = "records"] = (["overrun", "link", "drift", "retry", "records"] as const).filter((one) =>
      causes.has(one),
    );
    this.#sync(cause);
  }

  #interval(everything: boolean): void {
    if (everything || this.#store.wasTouched()) this.#store.rescan();
    this.#sync("interval");
  }

  #sync(cause: SyncCause): void {
    const isStopped = (): boolean => this.#stopped;
    try {
      const compared = !isStopped() && this.#compare(cause).failed === 0;
      if (compared && !isStopped()) this.#expectNoneOfHereOutside();
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      this.#wanted.add("retry");
    }
    if (isStopped()) this.#restart();
  }

  /** All, or where records alone have changed what they concern. */
  #compare(cause: SyncCause): SyncReport {
    const changed = this.#store.takeChanged();
    return cause === "records" && changed ? this.#resolver.syncChanged(cause, changed) : this.#resolver.sync(cause);
  }

  /** Whenever the resolver has compared, by what it knows: no entry of its own leads a container of this host outside. */
  #expectNoneOfHereOutside(): void {
    const { neighbours, forwarding } = this.entries();
    const { arp, fdb } = this.#store.records;
    for (const { mac, own } of forwarding.values()) {
      if (own) expect(fdb.get(mac), `${mac} is of this host`).not.to.equal(ipNumber(here));
    }
    for (const { ip, own } of neighbours.values()) {
      const mac = arp.get(ip);
      if (own && mac !== 0) expect(fdb.get(mac), `${ip} is of this host`).not.to.equal(ipNumber(here));
    }
  }
}
