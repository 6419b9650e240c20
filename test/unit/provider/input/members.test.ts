import { expect } from "chai";
import { unknownValue } from "@overlaynet/provider/bag";
import type { Bag } from "@overlaynet/provider/engine";
import { checkContainer } from "@overlaynet/provider/input/container";
import { checkNeighEntry } from "@overlaynet/provider/input/neigh-entry";
import { containerNews, neighNews } from "../samples.js";

describe("the inputs of a Container", () => {
  it("get their defaults, the MTU from the overlay and the MAC from the address", () => {
    const { inputs, failures } = checkContainer(containerNews({}, { mtu: 1400 }));
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.include({
      mac: "02:42:07:07:07:02",
      mtu: 1400,
      interface: "eth0",
      gateway: false,
      name: "red",
    });
  });

  it("are normalised", () => {
    expect(checkContainer(containerNews({ mac: "02-42-C0-A8-00-04" })).inputs["mac"]).to.equal("02:42:c0:a8:00:04");
  });

  const conflicts: [string, Bag, RegExp][] = [
    [
      "an address outside the network",
      { ip: "7.7.8.2" },
      /^ip: expected an address in 7\.7\.7\.0\/24, got 7\.7\.8\.2$/,
    ],
    ["the gateway's address", { ip: "7.7.7.1" }, /^ip: .*the gateway's, got 7\.7\.7\.1$/],
    ["the broadcast address", { ip: "7.7.7.255" }, /^ip: .*first and the last/],
    ["a multicast MAC", { mac: "03:42:07:07:07:02" }, /^mac: .*multicast/],
    ["an MTU beyond the overlay's", { mtu: 1500 }, /^mtu: expected at most the overlay's 1450, got 1500$/],
    ["a host that the overlay has not", { host: "z" }, /^host: expected one of the overlay's hosts \(a, b\), got "z"$/],
    ["an empty id of the overlay", { overlayId: "" }, /^overlayId: /],
    ["no overlay", { overlay: undefined }, /^overlay: expected an object, got nothing$/],
  ];
  for (const [what, change, sentence] of conflicts) {
    it(`refuse ${what}`, () => {
      const given = checkContainer(containerNews(change)).failures.map(({ reason }) => reason);
      expect(given).to.have.lengthOf(1);
      expect(given[0]).to.match(sentence);
    });
  }

  it("may be unknown, and so may what follows from them", () => {
    const { inputs, failures } = checkContainer(
      containerNews({ overlayId: unknownValue, ip: unknownValue, overlay: unknownValue }),
    );
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.include({ mac: unknownValue, mtu: unknownValue });
  });
});

describe("the inputs of a NeighEntry", () => {
  it("take a host's name or an address as VTEP", () => {
    expect(checkNeighEntry(neighNews({ vtep: "a" })).failures).to.deep.equal([]);
    expect(checkNeighEntry(neighNews()).failures).to.deep.equal([]);
  });

  it("take a list of hosts in any order, without doubles", () => {
    expect(checkNeighEntry(neighNews({ hosts: ["b", "a", "b"] })).inputs["hosts"]).to.deep.equal(["a", "b"]);
  });

  const conflicts: [string, Bag, RegExp][] = [
    [
      "a VTEP that is neither host nor address",
      { vtep: "z" },
      /^vtep: expected an IPv4 address or one of the overlay's hosts \(a, b\), got "z"$/,
    ],
    [
      "another port than the overlay's",
      { port: 4790 },
      /^port: expected the overlay's 4789, got 4790: one VXLAN device sends to one port/,
    ],
    [
      "a host that the overlay has not",
      { hosts: ["a", "z"] },
      /^hosts\.1: expected one of the overlay's hosts \(a, b\), got "z"$/,
    ],
    ["an empty list of hosts", { hosts: [] }, /^hosts: expected at least one host/],
    ["no MAC", { mac: undefined }, /^mac: expected a unicast MAC address/],
    ["the gateway's address", { ip: "7.7.7.1" }, /^ip: .*gateway's/],
  ];
  for (const [what, change, sentence] of conflicts) {
    it(`refuse ${what}`, () => {
      const given = checkNeighEntry(neighNews(change)).failures.map(({ reason }) => reason);
      expect(given).to.have.lengthOf(1);
      expect(given[0]).to.match(sentence);
    });
  }
});
