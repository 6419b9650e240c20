import { type Ip, ipToNumber, type Mac, macToNumber, parseIp, parseMac } from "@overlaynet/core/model/index";
import type { ResolverConfig } from "@overlaynet/core/records";
import {
  type Action,
  Actions,
  answerL2,
  answerL3,
  arpReply,
  isUnexpected,
  type MissAnswer,
  NegativeCache,
  rulesOf,
} from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import { config, here, packed } from "./samples.js";
import { actionsOf } from "./tables.js";

const red = parseIp("7.7.7.2");
const pink = parseIp("7.7.7.3");
const unplaced = parseIp("7.7.7.5");
const redMac = parseMac("02:42:07:07:07:02");
const pinkMac = parseMac("02:42:07:07:07:03");
const unplacedMac = parseMac("02:42:07:07:07:05");
const there = parseIp("192.168.64.28");
const known = packed({
  [red]: [redMac, here],
  [pink]: [pinkMac, there],
  [unplaced]: [unplacedMac],
  "8.8.8.8": ["02:42:08:08:08:08", there],
  "7.7.7.1": ["02:42:07:07:07:01", there],
});

/** What a miss is answered with. */
function answer(with_: ResolverConfig, layer: "l3" | "l2", address: Ip | Mac): { is: MissAnswer; actions: Action[] } {
  const actions = new Actions();
  const is =
    layer === "l3"
      ? answerL3(known, rulesOf(with_), ipToNumber(address as Ip), actions)
      : answerL2(known, rulesOf(with_), macToNumber(address as Mac), actions);
  return { is, actions: actionsOf({ actions: [actions] }) };
}

describe("a miss", () => {
  it("for an address behind another host gets both entries, the forwarding one first", () => {
    expect(answer(config, "l3", pink)).to.deep.equal({
      is: "answered",
      actions: [
        { do: "set-forwarding", mac: pinkMac, vtep: there },
        { do: "set-neighbour", ip: pink, mac: pinkMac },
      ],
    });
  });

  it("for a MAC behind another host gets the forwarding entry", () => {
    const actions = [{ do: "set-forwarding", mac: pinkMac, vtep: there }];
    expect(answer(config, "l2", pinkMac)).to.deep.equal({ is: "answered", actions });
  });

  it("gets the neighbour alone where the device learns and the VTEP is not known", () => {
    const learning = { ...config, learning: true };
    expect(answer(learning, "l2", pinkMac).actions).to.deep.equal([
      { do: "set-forwarding", mac: pinkMac, vtep: there },
    ]);
    const actions = [{ do: "set-neighbour", ip: unplaced, mac: unplacedMac }];
    expect(answer(learning, "l3", unplaced)).to.deep.equal({ is: "answered", actions });
  });

  const unanswered = [
    ["an address of this host (moby#29024)", "l3", red, "local"],
    ["a MAC of this host", "l2", redMac, "local"],
    ["an address nobody recorded", "l3", parseIp("7.7.7.99"), "unknown"],
    ["a MAC nobody recorded", "l2", parseMac("02:00:00:00:00:01"), "unknown"],
    ["an address whose MAC has no VTEP", "l3", unplaced, "unknown"],
    ["an address outside of the network, recorded or not (moby 96b424b9b8)", "l3", parseIp("8.8.8.8"), "outside"],
    ["the gateway's address, recorded or not", "l3", config.gateway, "gateway"],
  ] as const;
  for (const [title, layer, address, is] of unanswered) {
    it(`for ${title} gets no answer`, () => {
      expect(answer(config, layer, address)).to.deep.equal({ is, actions: [] });
    });
  }

  it("is a surprise where its answer is pushed ahead of need", () => {
    const surprises = (with_: ResolverConfig): boolean[] =>
      (["l2", "l3"] as const).map((layer) => isUnexpected(rulesOf(with_), layer));
    expect(surprises(config)).to.deep.equal([true, true]);
    expect(surprises({ ...config, learning: true })).to.deep.equal([false, true]);
    expect(surprises({ ...config, resolve: "miss" })).to.deep.equal([false, false]);
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
    expect(arpReply(ipToNumber(pink), macToNumber(pinkMac)).toString("hex")).to.equal(
      fields.join("").replaceAll(" ", ""),
    );
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
