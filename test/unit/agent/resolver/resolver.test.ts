import { bytesOfIp, bytesOfMac, readEntries } from "@overlaynet/agent/entries/index";
import { NetlinkError, RTM } from "@overlaynet/agent/netlink/index";
import { ipToNumber, macToNumber, parseIp, parseMac } from "@overlaynet/core/model/index";
import { arpReply } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { config, packed } from "../../core/resolver/samples.js";
import { errno } from "../entries/fault.js";
import { deviceIndex, missOf, placed } from "../entries/fake-kernel.js";
import { both, number, pink, pinkMac, Source, there, World } from "./world.js";

const nobody = ipToNumber(parseIp("7.7.7.99"));

describe("the resolver", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  const miss = { ...config, resolve: "miss" } as const;
  const l3 = (ip = number.pink): ReturnType<typeof missOf> => missOf({ destination: bytesOfIp(ip) });
  const l2 = (mac = number.pinkMac): ReturnType<typeof missOf> => missOf({ linkAddress: bytesOfMac(mac) });
  const held = (): ReturnType<typeof readEntries> => readEntries(world.kernel, deviceIndex);

  it("answers an L3 miss with both entries and one ARP reply, however often it was raised", () => {
    const resolver = world.start(miss);
    for (let times = 0; times < 5; times += 1) resolver.handle(l3());
    world.time = 2;
    resolver.answer(1);
    expect(held().neighbours.get(number.pink)).to.include({ mac: number.pinkMac, permanent: true, own: true });
    expect(held().forwarding.get(number.pinkMac)).to.include({ vtep: number.there, permanent: true, own: true });
    expect(world.frames).to.deep.equal([arpReply(number.pink, number.pinkMac)]);
    expect(world.kernel.changes).to.equal(2);
    expect(resolver.counters.misses.get("l3 answered")).to.equal(1);
    expect(resolver.counters.latency.sum).to.be.closeTo(0.001, 1e-9);
  });

  it("answers an L2 miss, which comes with an IP family, with the forwarding entry and no reply", () => {
    const resolver = world.start(miss);
    resolver.handle(l2());
    resolver.answer(0);
    expect(held().forwarding.get(number.pinkMac)).to.include({ vtep: number.there });
    expect(held().neighbours.size).to.equal(0);
    expect(world.frames).to.have.length(0);
  });

  it("gives no answer for this host's own, unknown and other devices' addresses", () => {
    const resolver = world.start(miss);
    const otherDevice = l3();
    otherDevice.payload.writeInt32LE(deviceIndex + 1, 4);
    for (const message of [l3(number.red), l2(number.redMac), l3(nobody), otherDevice]) resolver.handle(message);
    resolver.answer(0);
    expect(world.kernel.changes).to.equal(0);
    expect(Object.fromEntries(resolver.counters.misses)).to.deep.equal({
      "l3 local": 1,
      "l2 local": 1,
      "l3 unknown": 1,
    });
    expect(world.lines).to.deep.equal([`misses for unknown addresses: 7.7.7.99`]);
  });

  it("looks for what it does not know where records come from, once a second for each", () => {
    const store = new Source(both);
    const resolver = world.start(miss, store);
    for (const now of [0, 10, 999, 1000]) {
      world.time = now;
      resolver.handle(l3(nobody));
      resolver.answer(now);
    }
    expect(store.looks).to.equal(2);
    expect(resolver.unknownAddresses).to.equal(1);
    resolver.sync("records");
    expect(resolver.unknownAddresses).to.equal(0);
  });

  it("answers from a record that it finds only then", () => {
    const resolver = world.start(miss, new Source(packed({}), both));
    resolver.handle(l3());
    resolver.answer(0);
    expect(held().neighbours.has(number.pink)).to.equal(true);
    expect(world.frames).to.have.length(1);
    expect(world.wanted).to.deep.equal(["records"]);
  });

  it("bounds what a scan of the network costs", () => {
    const store = new Source(both);
    const resolver = world.start({ ...miss, cidr: "7.7.0.0/16" as typeof config.cidr }, store);
    for (let host = 0; host < 65_536; host += 1) {
      resolver.handle(l3(0x0707_0000 + host));
      if (host % 256 === 255) resolver.answer(0);
      world.time = host / 20;
    }
    expect(resolver.unknownAddresses).to.be.at.most(4096);
    expect(held().neighbours.size).to.equal(1);
    expect(world.lines.length).to.be.at.most(3);
    // Each look is an access to the disk: as many as there are tokens in three seconds.
    expect(store.looks).to.be.within(3000, 4000);
    expect(resolver.counters.misses.get("l3 limited")).to.be.above(60_000);
    expect(world.wanted).to.deep.equal([]);
  });

  it("has all records read when it may not look for one, and some have come", () => {
    const store = new Source(both);
    const resolver = world.start({ ...miss, cidr: "7.7.0.0/16" as typeof config.cidr }, store);
    store.touched = true;
    for (let host = 0; host < 300; host += 1) resolver.handle(l3(0x0707_0000 + host));
    resolver.answer(0);
    expect(new Set(world.wanted)).to.deep.equal(new Set(["overlooked"]));
  });

  it("stops when its device was replaced and nobody told it, instead of writing to the old one for ever", () => {
    const resolver = world.start(config);
    resolver.sync("start");
    world.kernel.replaceDevice();
    world.kernel.takeNotices();
    for (const cause of ["overrun", "interval", "retry"] as const) resolver.sync(cause);
    expect(new Set(world.stops)).to.deep.equal(new Set(["vxlan1 was replaced by another device of its name"]));
    expect(world.wanted).to.deep.equal([]);
  });

  it("counts apart a miss for what it had pushed: the drift alarm", () => {
    const resolver = world.start(config);
    resolver.sync("start");
    resolver.handle(l2());
    resolver.answer(0);
    expect(resolver.counters.unexpected).to.equal(1);
    expect(world.start({ ...config, learning: true }).counters.unexpected).to.equal(0);
  });

  it("wants to compare when somebody changes its entries, and not for its own changes", () => {
    const resolver = world.start(config);
    resolver.sync("start");
    for (const message of world.kernel.takeNotices()) resolver.handle(message);
    expect(world.wanted).to.deep.equal([]);
    world.kernel.byHand(RTM.DELNEIGH, { destination: bytesOfIp(number.pink) });
    for (const message of world.kernel.takeNotices()) resolver.handle(message);
    expect(world.wanted).to.deep.equal(["drift"]);
    resolver.sync("drift");
    expect(held().neighbours.has(number.pink)).to.equal(true);
    expect(resolver.counters.repaired).to.equal(1);
  });

  it("tells containers of an address whose MAC is another now", () => {
    const store = new Source(both);
    const resolver = world.start(config, store);
    resolver.sync("start");
    const newMac = parseMac("02:42:07:07:07:33");
    store.records = packed({ [pink]: [newMac, there] });
    resolver.sync("records");
    expect(world.frames).to.deep.equal([arpReply(number.pink, macToNumber(newMac))]);
  });

  it("forgets with its record what it wrote without a stamp where the device learns", () => {
    const store = new Source(both);
    const resolver = world.start({ ...config, learning: true }, store);
    resolver.sync("start");
    resolver.handle(l2());
    resolver.answer(0);
    expect(held().forwarding.get(number.pinkMac)).to.include({ permanent: false, own: false });
    store.records = packed({});
    resolver.sync("records");
    expect(held().forwarding.size).to.equal(0);
  });

  it("tries again what the kernel refused, and says so once", () => {
    const resolver = world.start(config);
    world.kernel.refuse = 2;
    expect(resolver.sync("start")).to.include({ failed: 2 });
    expect(world.wanted).to.deep.equal(["retry"]);
    expect(world.lines).to.have.length(1);
    expect(resolver.sync("retry")).to.include({ failed: 0, added: 2 });
    expect(resolver.counters.writeFailures).to.equal(2);
  });

  it("lives on when an answer cannot be written or sent", () => {
    const resolver = world.start(miss, undefined, {
      inject: (_frames, _count, refused) => {
        refused(0, new NetlinkError("send", errno.ENOBUFS));
      },
    });
    resolver.handle(l3());
    resolver.answer(0);
    expect(resolver.counters).to.include({ announced: 0, announceFailures: 1 });
    expect(world.lines.join("\n")).to.include(`an ARP reply could not be sent: ${pink} at ${pinkMac}: send: `);
    world.kernel.fail = 1;
    resolver.handle(l2());
    resolver.answer(0);
    expect(resolver.counters.misses.get("l2 failed")).to.equal(1);
    expect(world.wanted).to.deep.equal(["retry"]);
  });

  it("counts what it does not understand", () => {
    const resolver = world.start(config);
    const cut = placed({ type: RTM.GETNEIGH, payload: Buffer.alloc(5) });
    resolver.handle(cut);
    const strange = missOf({ destination: Buffer.from([7, 7]) });
    resolver.handle(strange);
    resolver.answer(0);
    expect(resolver.counters.malformed).to.equal(2);
    resolver.handle(missOf({ destination: Buffer.alloc(16) }));
    resolver.answer(0);
    expect(resolver.counters.malformed).to.equal(3);
  });
});
