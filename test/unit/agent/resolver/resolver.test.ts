import { bytesOfIp, bytesOfMac, readEntries } from "@overlaynet/agent/entries/index";
import { AF, IFF_UP, marshalLink, NTF, NUD, RTM } from "@overlaynet/agent/netlink/index";
import type { RecordSource } from "@overlaynet/agent/records/index";
import { Resolver, type ResolverWorld } from "@overlaynet/agent/resolver/resolver";
import { Summary } from "@overlaynet/agent/resolver/summary";
import { parseIp, parseMac } from "@overlaynet/core/model/index";
import type { Records, ResolverConfig } from "@overlaynet/core/records";
import { arpReply } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { config, here, records } from "../../core/resolver/samples.js";
import { deviceIndex, FakeKernel, missOf } from "../entries/fake-kernel.js";

const bridgeIndex = 3;
const red = parseIp("7.7.7.2");
const redMac = parseMac("02:42:07:07:07:02");
const pink = parseIp("7.7.7.3");
const pinkMac = parseMac("02:42:07:07:07:03");
const nobody = parseIp("7.7.7.99");
const there = parseIp("192.168.64.28");
const both = records({ [red]: [redMac, here], [pink]: [pinkMac, there] });

/** Records that are found only when they are looked for, as those whose event the watch has lost. */
class Source implements RecordSource {
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

describe("the resolver", () => {
  let kernel: FakeKernel;
  let frames: Buffer[];
  let wanted: string[];
  let stops: string[];
  let lines: string[];
  let time: number;

  beforeEach(() => {
    kernel = new FakeKernel();
    [frames, wanted, stops, lines] = [[], [], [], []];
    time = 0;
  });

  function start(
    with_: ResolverConfig,
    store: RecordSource = new Source(both),
    more: Partial<ResolverWorld> = {},
  ): Resolver {
    return new Resolver(with_, {
      store,
      connection: kernel,
      deviceIndex,
      bridgeIndex,
      inject: (frame) => frames.push(frame),
      now: () => time,
      summary: new Summary((line) => lines.push(line)),
      wantSync: (cause) => wanted.push(cause),
      stop: (why) => stops.push(why),
      ...more,
    });
  }

  const miss = { ...config, resolve: "miss" } as const;
  const l3 = (ip = pink): ReturnType<typeof missOf> => missOf({ destination: bytesOfIp(ip) });
  const l2 = (mac = pinkMac): ReturnType<typeof missOf> => missOf({ linkAddress: bytesOfMac(mac) });
  const held = (): ReturnType<typeof readEntries> => readEntries(kernel, deviceIndex);

  it("answers an L3 miss with both entries and one ARP reply, however often it was raised", () => {
    const resolver = start(miss);
    for (let times = 0; times < 5; times += 1) resolver.handle(l3());
    time = 2;
    resolver.answer(1);
    expect(held().neighbours.get(pink)).to.include({ mac: pinkMac, permanent: true, own: true });
    expect(held().forwarding.get(pinkMac)).to.include({ vtep: there, permanent: true, own: true });
    expect(frames).to.deep.equal([arpReply(pink, pinkMac)]);
    expect(kernel.changes).to.equal(2);
    expect(resolver.counters.misses.get("l3 answered")).to.equal(1);
    expect(resolver.counters.latency.sum).to.be.closeTo(0.001, 1e-9);
  });

  it("answers an L2 miss, which comes with an IP family, with the forwarding entry and no reply", () => {
    const resolver = start(miss);
    resolver.handle(l2());
    resolver.answer(0);
    expect(held().forwarding.get(pinkMac)).to.include({ vtep: there });
    expect(held().neighbours.size).to.equal(0);
    expect(frames).to.have.length(0);
  });

  it("gives no answer for this host's own, unknown and other devices' addresses", () => {
    const resolver = start(miss);
    const otherDevice = l3();
    otherDevice.payload.writeInt32LE(deviceIndex + 1, 4);
    for (const message of [l3(red), l2(redMac), l3(nobody), otherDevice]) resolver.handle(message);
    resolver.answer(0);
    expect(kernel.changes).to.equal(0);
    expect(Object.fromEntries(resolver.counters.misses)).to.deep.equal({
      "l3 local": 1,
      "l2 local": 1,
      "l3 unknown": 1,
    });
    expect(lines).to.deep.equal([`misses for unknown addresses: ${nobody}`]);
  });

  it("looks for what it does not know where records come from, once a second for each", () => {
    const store = new Source(both);
    const resolver = start(miss, store);
    for (const now of [0, 10, 999, 1000]) {
      time = now;
      resolver.handle(l3(nobody));
      resolver.answer(now);
    }
    expect(store.looks).to.equal(2);
    expect(resolver.unknownAddresses).to.equal(1);
    resolver.sync("records");
    expect(resolver.unknownAddresses).to.equal(0);
  });

  it("answers from a record that it finds only then", () => {
    const resolver = start(miss, new Source(records({}), both));
    resolver.handle(l3());
    resolver.answer(0);
    expect(held().neighbours.has(pink)).to.equal(true);
    expect(frames).to.have.length(1);
    expect(wanted).to.deep.equal(["records"]);
  });

  it("bounds what a scan of the network costs", () => {
    const store = new Source(both);
    const resolver = start({ ...miss, cidr: "7.7.0.0/16" as typeof config.cidr }, store);
    for (let host = 0; host < 65_536; host += 1) {
      resolver.handle(l3(parseIp(`7.7.${host >> 8}.${host & 255}`)));
      if (host % 256 === 255) resolver.answer(0);
    }
    expect(resolver.unknownAddresses).to.be.at.most(4096);
    expect(held().neighbours.size).to.equal(1);
    expect(lines.length).to.be.at.most(2);
  });

  it("counts apart a miss for what it had pushed: the drift alarm", () => {
    const resolver = start(config);
    resolver.sync("start");
    resolver.handle(l2());
    resolver.answer(0);
    expect(resolver.counters.unexpected).to.equal(1);
    expect(start({ ...config, learning: true }).counters.unexpected).to.equal(0);
  });

  it("wants to compare when somebody changes its entries, and not for its own changes", () => {
    const resolver = start(config);
    resolver.sync("start");
    for (const message of kernel.takeNotices()) resolver.handle(message);
    expect(wanted).to.deep.equal([]);
    kernel.byHand(RTM.DELNEIGH, { destination: bytesOfIp(pink) });
    for (const message of kernel.takeNotices()) resolver.handle(message);
    expect(wanted).to.deep.equal(["drift"]);
    resolver.sync("drift");
    expect(held().neighbours.has(pink)).to.equal(true);
    expect(resolver.counters.repaired).to.equal(1);
  });

  it("tells containers of an address whose MAC is another now", () => {
    const store = new Source(both);
    const resolver = start(config, store);
    resolver.sync("start");
    const newMac = parseMac("02:42:07:07:07:33");
    store.records = records({ [pink]: [newMac, there] });
    resolver.sync("records");
    expect(frames).to.deep.equal([arpReply(pink, newMac)]);
  });

  it("forgets with its record what it wrote without a stamp where the device learns", () => {
    const store = new Source(both);
    const resolver = start({ ...config, learning: true }, store);
    resolver.sync("start");
    resolver.handle(l2());
    resolver.answer(0);
    expect(held().forwarding.get(pinkMac)).to.include({ permanent: false, own: false });
    store.records = records({});
    resolver.sync("records");
    expect(held().forwarding.size).to.equal(0);
  });

  it("tries again what the kernel refused, and says so once", () => {
    const resolver = start(config);
    kernel.refuse = 2;
    expect(resolver.sync("start")).to.include({ failed: 2 });
    expect(wanted).to.deep.equal(["retry"]);
    expect(lines).to.have.length(1);
    expect(resolver.sync("retry")).to.include({ failed: 0, added: 2 });
    expect(resolver.counters.writeFailures).to.equal(2);
  });

  it("lives on when an answer cannot be written or sent", () => {
    const resolver = start(miss, undefined, {
      inject: () => {
        kernel.fail = 1;
        kernel.execute([]);
      },
    });
    resolver.handle(l3());
    resolver.answer(0);
    expect(resolver.counters.announceFailures).to.equal(1);
    kernel.fail = 1;
    resolver.handle(l2());
    resolver.answer(0);
    expect(resolver.counters.misses.get("l2 failed")).to.equal(1);
    expect(wanted).to.deep.equal(["retry"]);
  });

  it("counts what it does not understand", () => {
    const resolver = start(config);
    const cut = { ...l3(), payload: Buffer.alloc(5) };
    resolver.handle(cut);
    const strange = missOf({ destination: Buffer.from([7, 7]) });
    resolver.handle(strange);
    resolver.answer(0);
    expect(resolver.counters.malformed).to.equal(2);
    resolver.handle(missOf({ destination: Buffer.alloc(16) }));
    resolver.answer(0);
    expect(resolver.counters.malformed).to.equal(3);
  });

  describe("hears of links:", () => {
    const link = (type: number, index: number, name: string, flags = IFF_UP, family: number = AF.UNSPEC) => ({
      type,
      flags: 0,
      sequence: 0,
      port: 0,
      payload: marshalLink({ family, type: 1, interfaceIndex: index, flags, name }),
    });

    it("its device or its bridge goes, and it stops", () => {
      const resolver = start(config);
      resolver.handle(link(RTM.DELLINK, 99, "vxlan1"));
      expect(stops).to.deep.equal([]);
      resolver.handle(link(RTM.DELLINK, deviceIndex, "vxlan1"));
      resolver.handle(link(RTM.DELLINK, bridgeIndex, "br0"));
      expect(stops).to.deep.equal(["vxlan1 is gone", "br0 is gone"]);
    });

    it("a port leaves its bridge, and it does not", () => {
      start(config).handle(link(RTM.DELLINK, deviceIndex, "vxlan1", IFF_UP, AF.BRIDGE));
      expect(stops).to.deep.equal([]);
    });

    it("its device is renamed, and it stops", () => {
      start(config).handle(link(RTM.NEWLINK, deviceIndex, "vxlan9"));
      expect(stops).to.deep.equal(["vxlan1 was renamed to vxlan9"]);
    });

    it("its device was down and comes up, and it compares, since what is not permanent was flushed", () => {
      const resolver = start(config);
      resolver.sync("start");
      kernel.byHand(RTM.NEWNEIGH, { destination: bytesOfIp(pink), linkAddress: bytesOfMac(redMac), state: NUD.STALE });
      kernel.byHand(RTM.NEWNEIGH, {
        family: AF.BRIDGE,
        state: NUD.REACHABLE,
        flags: NTF.SELF,
        linkAddress: bytesOfMac(pinkMac),
        destination: bytesOfIp(here),
      });
      kernel.flap();
      resolver.handle(link(RTM.NEWLINK, deviceIndex, "vxlan1"));
      expect(wanted).to.deep.equal([]);
      resolver.handle(link(RTM.NEWLINK, deviceIndex, "vxlan1", 0));
      resolver.handle(link(RTM.NEWLINK, deviceIndex, "vxlan1"));
      expect(wanted).to.deep.equal(["link"]);
      expect(resolver.sync("link")).to.include({ added: 2 });
    });
  });
});
