import {
  InvalidValue,
  contains,
  hostPart,
  inSameNetwork,
  ipFromNumber,
  ipToNumber,
  macOfBridge,
  macOfIp,
  macOfVtep,
  parseAbsolutePath,
  parseCidr,
  parseIdentifier,
  parseInterfaceName,
  parseIp,
  parseMac,
  parseMark,
  parseName,
  parseNamespaceName,
  parseVni,
  formatMark,
  portName,
  prefixLength,
} from "@overlaynet/core";
import { expect } from "chai";
import fc from "fast-check";

const ip = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(ipFromNumber);
const cidr = fc
  .tuple(ip, fc.integer({ min: 1, max: 30 }))
  .map(([address, prefix]) =>
    parseCidr(`${ipFromNumber(((ipToNumber(address) >>> (32 - prefix)) << (32 - prefix)) >>> 0)}/${prefix}`),
  );
const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);

/** Texts near what is right: a right one with something changed, or anything. */
function near(right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const changed = fc.tuple(right, fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, insert]) => {
    const cut = at % (text.length + 1);
    return text.slice(0, cut) + insert + text.slice(cut + 1);
  });
  return fc.oneof(right, changed, fc.string(), fc.string({ unit: "binary" }));
}

const parsers: readonly (readonly [string, (given: unknown) => string, fc.Arbitrary<string>])[] = [
  ["parseIp", parseIp, near(ip)],
  ["parseCidr", parseCidr, near(cidr)],
  ["parseMac", parseMac, near(ip.map(macOfIp))],
  ["parseName", parseName, near(name)],
  ["parseInterfaceName", parseInterfaceName, near(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,14}$/))],
  ["parseNamespaceName", parseNamespaceName, near(name)],
  ["parseIdentifier", parseIdentifier, near(fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/))],
  ["parseAbsolutePath", parseAbsolutePath, near(fc.constant("/var/lib/overlaynet"))],
];

describe("model", () => {
  for (const [title, parse, text] of parsers) {
    it(`${title}: any text is refused with InvalidValue, or read as what reads as itself`, () => {
      fc.assert(
        fc.property(text, (given) => {
          let read: string;
          try {
            read = parse(given);
          } catch (error) {
            expect(error).to.be.instanceOf(InvalidValue);
            return;
          }
          expect(parse(read)).to.equal(read);
          expect(read).to.match(/^[A-Za-z0-9:./_@+-]+$/);
        }),
        { numRuns: 1000 },
      );
    });
  }

  it("an address and its number are one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (number) => {
        const address = ipFromNumber(number);
        expect(parseIp(address)).to.equal(address);
        expect(ipToNumber(address)).to.equal(number);
      }),
    );
  });

  it("an address in a network is its first address and its host part", () => {
    fc.assert(
      fc.property(cidr, ip, (network, address) => {
        const first = ipToNumber(parseIp(network.split("/")[0]));
        const inside = contains(network, address);
        expect(inside).to.equal(first + hostPart(network, address) === ipToNumber(address));
        expect(inside).to.equal(inSameNetwork(address, ipFromNumber(first), prefixLength(network)));
      }),
    );
  });

  it("different addresses of a network have different ports, all of them interface names", () => {
    fc.assert(
      fc.property(cidr, fc.nat(), fc.nat(), (network, one, other) => {
        const first = ipToNumber(parseIp(network.split("/")[0]));
        const size = 2 ** (32 - prefixLength(network));
        const [a, b] = [ipFromNumber(first + (one % size)), ipFromNumber(first + (other % size))];
        expect(portName(network, a) === portName(network, b)).to.equal(a === b);
      }),
    );
  });

  it("made MAC addresses are MAC addresses, locally administered, one for each address or VNI", () => {
    fc.assert(
      fc.property(ip, ip, fc.integer({ min: 1, max: 0xff_ff_ff }), (one, other, vni) => {
        for (const mac of [macOfIp(one), macOfVtep(one), macOfBridge(parseVni(vni))]) {
          expect(parseMac(mac)).to.equal(mac);
          expect(mac.startsWith("02:")).to.equal(true);
        }
        expect(macOfIp(one) === macOfIp(other)).to.equal(one === other);
      }),
    );
  });

  it("a mark is read as what it was made of", () => {
    const parts = fc.record({
      overlay: name,
      kind: fc.constantFrom("overlay" as const, "container" as const),
      name,
      uid: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
    });
    fc.assert(
      fc.property(parts, (given) => {
        expect(parseMark(formatMark(given))).to.deep.equal(given);
      }),
    );
  });
});
