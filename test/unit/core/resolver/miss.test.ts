import { parseIp, parseMac } from "@overlaynet/core/model/index";
import { answerMiss, arpReply, isUnexpected, NegativeCache } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { config, here, records } from "./samples.js";

const red = parseIp("7.7.7.2");
const pink = parseIp("7.7.7.3");
const unplaced = parseIp("7.7.7.5");
const redMac = parseMac("02:42:07:07:07:02");
const pinkMac = parseMac("02:42:07:07:07:03");
const unplacedMac = parseMac("02:42:07:07:07:05");
const there = parseIp("192.168.64.28");
const known = records({
  [red]: [redMac, here],
  [pink]: [pinkMac, there],
  [unplaced]: [unplacedMac],
  "8.8.8.8": ["02:42:08:08:08:08", there],
  "7.7.7.1": ["02:42:07:07:07:01", there],
});

describe("a miss", () => {
  it("for an address behind another host gets both entries, the forwarding one first, and an announcement", () => {
    expect(answerMiss(known, config, { layer: "l3", ip: pink })).to.deep.equal({
      is: "answered",
      actions: [
        { do: "set-forwarding", mac: pinkMac, vtep: there, permanent: true },
        { do: "set-neighbour", ip: pink, mac: pinkMac },
      ],
      announce: { ip: pink, mac: pinkMac },
    });
  });

  it("for a MAC behind another host gets the forwarding entry", () => {
    expect(answerMiss(known, config, { layer: "l2", mac: pinkMac })).to.deep.equal({
      is: "answered",
      actions: [{ do: "set-forwarding", mac: pinkMac, vtep: there, permanent: true }],
    });
  });

  it("gets forwarding entries that may age where the device learns", () => {
    const learning = { ...config, learning: true };
    expect(answerMiss(known, learning, { layer: "l2", mac: pinkMac })).to.deep.include({
      actions: [{ do: "set-forwarding", mac: pinkMac, vtep: there, permanent: false }],
    });
    expect(answerMiss(known, learning, { layer: "l3", ip: unplaced })).to.deep.include({
      actions: [{ do: "set-neighbour", ip: unplaced, mac: unplacedMac }],
    });
  });

  const unanswered = [
    ["an address of this host (moby#29024)", { layer: "l3", ip: red }, "local"],
    ["a MAC of this host", { layer: "l2", mac: redMac }, "local"],
    ["an address nobody recorded", { layer: "l3", ip: parseIp("7.7.7.99") }, "unknown"],
    ["a MAC nobody recorded", { layer: "l2", mac: parseMac("02:00:00:00:00:01") }, "unknown"],
    ["an address whose MAC has no VTEP", { layer: "l3", ip: unplaced }, "unknown"],
    [
      "an address outside of the network, recorded or not (moby 96b424b9b8)",
      { layer: "l3", ip: parseIp("8.8.8.8") },
      "outside",
    ],
    ["the gateway's address, recorded or not", { layer: "l3", ip: config.gateway }, "gateway"],
    ["an IPv6 address", { layer: "ipv6" }, "ipv6"],
  ] as const;
  for (const [title, miss, is] of unanswered) {
    it(`for ${title} gets no answer`, () => {
      expect(answerMiss(known, config, miss)).to.deep.equal({ is });
    });
  }

  it("is a surprise where its answer is pushed ahead of need", () => {
    const l2 = { layer: "l2", mac: pinkMac } as const;
    const l3 = { layer: "l3", ip: pink } as const;
    expect([isUnexpected(config, l2), isUnexpected(config, l3)]).to.deep.equal([true, true]);
    const learning = { ...config, learning: true };
    expect([isUnexpected(learning, l2), isUnexpected(learning, l3)]).to.deep.equal([false, true]);
    const miss = { ...config, resolve: "miss" } as const;
    expect([isUnexpected(miss, l2), isUnexpected(miss, l3)]).to.deep.equal([false, false]);
  });
});

describe("an ARP reply", () => {
  it("is a broadcast frame that says where the address is, as RFC 826 lays it out", () => {
    const fields = [
      "ffffffffffff 024207070703 0806",
      "0001 0800 06 04 0002",
      "024207070703 07070703",
      "024207070703 07070703",
    ];
    expect(arpReply(pink, pinkMac).toString("hex")).to.equal(fields.join("").replaceAll(" ", ""));
  });
});

describe("the negative cache", () => {
  it("forgets after its lifetime", () => {
    const cache = new NegativeCache<string>(10, 1000);
    cache.add("a", 0);
    expect(cache.has("a", 999)).to.equal(true);
    expect(cache.has("a", 1000)).to.equal(false);
    expect(cache.size).to.equal(0);
  });

  it("never holds more than its capacity, and drops the oldest (faucet#1828)", () => {
    const cache = new NegativeCache<number>(100, 1000);
    for (let key = 0; key < 65_536; key += 1) cache.add(key, key / 1000);
    expect(cache.size).to.equal(100);
    expect(cache.has(65_535, 66)).to.equal(true);
    expect(cache.has(65_435, 66)).to.equal(false);
  });

  it("counts a key that is added again as its newest", () => {
    const cache = new NegativeCache<string>(2, 1000);
    for (const key of ["a", "b", "a", "c"]) cache.add(key, 0);
    expect([cache.has("a", 1), cache.has("b", 1), cache.has("c", 1)]).to.deep.equal([true, false, true]);
  });
});
