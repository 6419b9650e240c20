import { expect } from "chai";
import { unknownValue } from "@overlaynet/provider/bag";
import { checkOverlay } from "@overlaynet/provider/input/overlay";
import type { Bag } from "@overlaynet/provider/engine";
import { hosts, overlayNews } from "../samples.js";

function reasons(change: Bag): string[] {
  return checkOverlay(overlayNews(change)).failures.map(({ reason }) => reason);
}

describe("the inputs of an Overlay", () => {
  it("get their defaults", () => {
    const { inputs, failures } = checkOverlay(overlayNews());
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.include({
      port: 4789,
      mtu: 1450,
      namespace: "overns-42",
      bridge: "br0",
      device: "vxlan1",
      learning: false,
      resolve: "push",
      storage: "/var/lib/overlaynet/lab/records",
      adopt: false,
      deleteUnreachable: false,
    });
  });

  it("take their name from the resource, when that can be a name", () => {
    const owner = { project: "p", stack: "s", resource: "net" };
    expect(checkOverlay(overlayNews({ name: undefined, owner })).inputs["name"]).to.equal("net");
    expect(reasons({ name: undefined, owner: { ...owner, resource: "My Net" } })).to.have.lengthOf(1);
  });

  it("are refused all at once, each with its path and what was expected and given", () => {
    const wrong = reasons({ vni: 0, cidr: "7.7.7.1/24", port: "4789", colour: "red", resolve: "pusch" });
    expect(wrong).to.deep.equal([
      "vni: expected a VNI, a whole number from 1 to 16777215, got 0",
      'cidr: expected an IPv4 network in CIDR notation such as 7.7.7.0/24, of at most 30 prefix bits and no host bits (7.7.7.0/24?), got "7.7.7.1/24"',
      'port: expected a port, a whole number from 1 to 65535, got "4789"',
      'resolve: expected "push" or "miss", got "pusch"',
      wrong[4],
    ]);
    expect(wrong[4]).to.match(/^colour: no such input; there are .*vni/);
  });

  it("never name a property to the engine, which would print its value", () => {
    const { failures } = checkOverlay(overlayNews({ vni: 0, hosts: {} }));
    expect(failures.map(({ property }) => property)).to.deep.equal(["", ""]);
  });

  const conflicts: [string, Bag, RegExp][] = [
    [
      "a gateway outside the network",
      { gateway: "7.7.8.1" },
      /^gateway: expected an address in 7\.7\.7\.0\/24, got 7\.7\.8\.1$/,
    ],
    ["the network's own address as gateway", { gateway: "7.7.7.0" }, /^gateway: .*other than the first and the last/],
    ["the broadcast address as gateway", { gateway: "7.7.7.255" }, /^gateway: .*other than the first and the last/],
    ["bridge and device of one name", { device: "br0" }, /^device: expected a name other than the bridge's, got br0$/],
    ["a device named as containers' links are", { device: "vethO4" }, /^device: .*container's/],
    [
      "an interface name that is too long",
      { bridge: "a-bridge-that-is-long" },
      /^bridge: expected an interface name of at most 15/,
    ],
    [
      "two hosts at one address",
      { hosts: { a: { address: "10.0.0.1" }, b: { address: "10.0.0.1" } } },
      /^hosts\.b\.address: .*which is a's$/,
    ],
    ["no host", { hosts: {} }, /^hosts: expected at least one host, got none$/],
    ["a host without an address", { hosts: { a: {} } }, /^hosts\.a\.address: expected an IPv4 address.*got undefined/],
    ["a host name that cannot be one", { hosts: { "A b": { address: "10.0.0.1" } } }, /^hosts\.A b: expected a name/],
    [
      "a multicast address as host",
      { hosts: { a: { address: "224.0.0.1" } } },
      /^hosts\.a\.address: .*that a host can have/,
    ],
    [
      "a misspelt input of a connection",
      { hosts: { a: { address: "10.0.0.1", connection: { hostkey: "x" } } } },
      /^hosts\.a\.connection\.hostkey: no such input/,
    ],
    [
      "a host key that is none",
      { hosts: { a: { address: "10.0.0.1", connection: { hostKey: "x" } } } },
      /^hosts\.a\.connection\.hostKey: expected a host's public key.*not shown$/,
    ],
    [
      "a port of a jump host that is none",
      { hosts: { a: { address: "10.0.0.1", connection: { proxy: { port: 0 } } } } },
      /^hosts\.a\.connection\.proxy\.port: expected a port.*got 0$/,
    ],
    [
      "a time limit that is none",
      { timeouts: { operation: -1 } },
      /^timeouts\.operation: expected a number of seconds/,
    ],
    ["a path that is none", { storage: "/a/../b" }, /^storage: expected an absolute path/],
  ];
  for (const [what, change, sentence] of conflicts) {
    it(`refuse ${what}`, () => {
      const given = reasons(change);
      expect(given).to.have.lengthOf(1);
      expect(given[0]).to.match(sentence);
    });
  }

  it("may be unknown, and so may what follows from them", () => {
    const { inputs, failures } = checkOverlay(
      overlayNews({ vni: unknownValue, hosts: unknownValue, cidr: unknownValue }),
    );
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.include({ vni: unknownValue, namespace: unknownValue, hosts: unknownValue });
    const partly = checkOverlay(overlayNews({ hosts: { ...hosts("a"), b: { address: unknownValue } } }));
    expect(partly.failures).to.deep.equal([]);
  });
});
