import {
  ipFromNumber,
  ipToNumber,
  macFromNumber,
  macToNumber,
  parseIp,
  parseMac,
  scanIp,
  scanMac,
} from "@overlaynet/core/model/index";
import { AddressTable } from "@overlaynet/core/resolver/index";
import { expect } from "chai";
import fc from "fast-check";

/** Near each other and far apart: the first collide, as addresses given one after the other do. */
const key = fc.oneof(fc.nat(40), fc.integer({ min: 0xc0a8_0000, max: 0xc0a8_0040 }), fc.nat(2 ** 32 - 1));
const mac = fc.oneof(
  fc.nat(40).map((last) => 0x0242_0707_0700 + last),
  fc.integer({ min: 1, max: 2 ** 48 - 1 }),
);
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("set" as const), key, value: mac }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), key }) },
  { weight: 1, arbitrary: fc.constant({ do: "clear" as const }) },
);

describe("a table of addresses", () => {
  it("holds what a Map would, whatever is set and deleted", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const table = new AddressTable(32, 48);
        const map = new Map<number, number>();
        for (const one of changes) {
          if (one.do === "set") {
            expect(table.set(one.key, one.value)).to.equal(map.get(one.key) !== one.value);
            map.set(one.key, one.value);
          } else if (one.do === "delete") expect(table.delete(one.key)).to.equal(map.delete(one.key));
          else {
            table.clear();
            map.clear();
          }
        }
        expect(table.size).to.equal(map.size);
        for (const [at, value] of map) {
          expect(table.get(at)).to.equal(value);
          expect(table.keyAt(table.slotOf(at))).to.equal(at);
        }
        const found = new Map<number, number>();
        table.copy().forEach((at, value) => found.set(at, value));
        expect(found).to.deep.equal(map);
      }),
      { numRuns: 300 },
    );
  });

  it("takes MACs as keys, and at most sixty bytes for each of many", () => {
    const table = new AddressTable(48, 32);
    const count = 100_000;
    for (let index = 1; index <= count; index += 1) table.set(0x0242_0000_0000 + index, index);
    for (let index = 1; index <= count; index += 1) expect(table.get(0x0242_0000_0000 + index)).to.equal(index);
    expect(table.get(0x0242_0000_0000 + count + 1)).to.equal(0);
    expect(table.bytes / count).to.be.at.most(60);
  });
});

describe("addresses as numbers", () => {
  it("are the same addresses", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), mac, (ip, hardware) => {
        expect(ipToNumber(ipFromNumber(ip))).to.equal(ip);
        expect(macToNumber(macFromNumber(hardware))).to.equal(hardware);
      }),
    );
  });

  it("are scanned from bytes just when the text is one that parsing gives back unchanged", () => {
    const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom("", "00", "01", "1e1", "-1", " 1"));
    const ipLike = fc.array(part, { minLength: 3, maxLength: 5 }).map((parts) => parts.join("."));
    const digits = fc.oneof(fc.stringMatching(/^[0-9a-f]{2}$/), fc.constantFrom("00", "0", "AB", "g0", "000", "01"));
    const macLike = fc
      .tuple(fc.array(digits, { minLength: 5, maxLength: 7 }), fc.constantFrom(":", ":", ":", "-", ""))
      .map(([parts, separator]) => parts.join(separator));
    fc.assert(
      fc.property(fc.oneof(ipLike, macLike, fc.string()), (text) => {
        const bytes = Buffer.from(`<${text}>`, "latin1");
        const latin = bytes.toString("latin1", 1, bytes.length - 1);
        const parsed = <T extends string>(parse: (given: unknown) => T, number: (value: T) => number): number => {
          try {
            return parse(latin) === latin ? number(parse(latin)) : -1;
          } catch {
            return -1;
          }
        };
        expect(scanIp(bytes, 1, bytes.length - 1)).to.equal(parsed(parseIp, ipToNumber));
        expect(scanMac(bytes, 1, bytes.length - 1)).to.equal(parsed(parseMac, macToNumber));
      }),
      { numRuns: 2000 },
    );
  });
});
