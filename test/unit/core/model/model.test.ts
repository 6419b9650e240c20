import {
  contains,
  hostPart,
  InvalidValue,
  isHostAddress,
  isUnicast,
  macOfBridge,
  macOfIp,
  macOfVtep,
  parseAbsolutePath,
  parseCidr,
  parseInterfaceName,
  parseIp,
  parseMac,
  parseMtu,
  parseName,
  parseNamespaceName,
  parsePort,
  parseVni,
} from "@overlaynet/core";
import { expect } from "chai";

/** The texts and numbers of which a parse function takes all of the first and none of the second list. */
const cases: readonly (readonly [name: string, parse: (given: unknown) => unknown, good: unknown[], bad: unknown[]])[] =
  [
    [
      "parseIp",
      parseIp,
      ["0.0.0.0", "7.7.7.2", "255.255.255.255"],
      ["", "7.7.7", "7.7.7.256", "07.7.7.2", "0x7.7.7.2", "7.7.7.2 ", "7.7.7.2\n", "::1", 7, null],
    ],
    [
      "parseCidr",
      parseCidr,
      ["7.7.7.0/24", "0.0.0.0/1", "7.7.7.4/30"],
      ["7.7.7.0", "7.7.7.0/31", "7.7.7.0/0", "7.7.7.0/024", "7.7.7.1/24", "7.7.7.0/24/1", "7.7.7.0/-1", ""],
    ],
    [
      "parseMac",
      parseMac,
      ["02:42:07:07:07:02"],
      ["02:42:07:07:07", "03:42:07:07:07:02", "00:00:00:00:00:00", "02:42:07:07:07:0g", "0242.0707.0702", ""],
    ],
    ["parseVni", parseVni, [1, 42, 16_777_215], [0, 16_777_216, 1.5, "42", NaN]],
    ["parsePort", parsePort, [1, 4789, 65_535], [0, 65_536, -1, "4789"]],
    ["parseMtu", parseMtu, [68, 1450, 65_485], [67, 65_486, Infinity]],
    [
      "parseName",
      parseName,
      ["a", "web-1", "n".repeat(63)],
      ["", "1a", "a-", "A", "a.b", "a_b", "n".repeat(64), "a\n"],
    ],
    [
      "parseInterfaceName",
      parseInterfaceName,
      ["eth0", "vxlan1", "a.b-c_d", "fifteen-letters"],
      ["", "lo", "all", "default", "0eth", "sixteen-letters-", "a b", "a/b", "eth0\n"],
    ],
    ["parseNamespaceName", parseNamespaceName, ["overns", "overns-42", "A_b"], ["", "..", "a/b", "42", "-a", "a.b"]],
    [
      "parseAbsolutePath",
      parseAbsolutePath,
      ["/overlaynet/storage", "/a/.b"],
      ["", "/", "a", "/a/", "/a//b", "/a/../b", "/a/.", "/a b", "/a\n"],
    ],
  ];

describe("model", () => {
  for (const [name, parse, good, bad] of cases) {
    it(`${name} takes what is right as it is and refuses the rest`, () => {
      for (const given of good) expect(parse(given)).to.equal(given);
      for (const given of bad)
        expect(() => parse(given), JSON.stringify(given)).to.throw(InvalidValue, /^expected .*, got /);
    });
  }

  it("normalises a MAC address' case and hyphens", () => {
    expect(parseMac("02-42-C0-A8-00-04")).to.equal("02:42:c0:a8:00:04");
  });

  it("knows which addresses of a network a host can have", () => {
    const cidr = parseCidr("7.7.7.64/26");
    const can = (ip: string): boolean => isHostAddress(cidr, parseIp(ip));
    expect(["7.7.7.63", "7.7.7.64", "7.7.7.65", "7.7.7.126", "7.7.7.127", "7.7.7.128"].map(can)).to.deep.equal([
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(contains(cidr, parseIp("7.7.7.127"))).to.equal(true);
    expect(hostPart(cidr, parseIp("7.7.7.70"))).to.equal(6);
    expect(hostPart(parseCidr("0.0.0.0/1"), parseIp("127.255.255.255"))).to.equal(2 ** 31 - 1);
  });

  it("tells unicast addresses", () => {
    const found = ["0.1.2.3", "1.0.0.1", "127.0.0.1", "223.0.0.1", "224.0.0.1", "255.255.255.255"].map((ip) =>
      isUnicast(parseIp(ip)),
    );
    expect(found).to.deep.equal([false, true, false, true, false, false]);
  });

  it("makes MAC addresses from addresses and VNIs", () => {
    expect(macOfIp(parseIp("7.7.7.2"))).to.equal("02:42:07:07:07:02");
    expect(macOfVtep(parseIp("192.168.64.27"))).to.equal("02:76:c0:a8:40:1b");
    expect(macOfBridge(parseVni(42))).to.equal("02:6f:76:00:00:2a");
  });

  it("shortens what was given in a message", () => {
    expect(() => parseIp("x".repeat(500))).to.throw(InvalidValue, /got "x{79}…$/);
  });
});
