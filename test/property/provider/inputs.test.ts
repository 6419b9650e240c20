import { expect } from "chai";
import fc from "fast-check";
import { isBag, unknownValue } from "@overlaynet/provider/bag";
import type { Bag, CheckResult } from "@overlaynet/provider/engine";
import { checkContainer } from "@overlaynet/provider/input/container";
import { checkNeighEntry } from "@overlaynet/provider/input/neigh-entry";
import { checkOverlay } from "@overlaynet/provider/input/overlay";
import { containerNews, neighNews, overlayNews } from "../../unit/provider/samples.js";
import { keyPair } from "../../unit/provider/ssh/keys.js";

const octet = fc.integer({ min: 2, max: 254 });
const ip = octet.map((last) => `7.7.7.${last}`);
const connection = fc.record(
  {
    user: fc.constantFrom("root", "admin"),
    port: fc.integer({ min: 1, max: 65_535 }),
    privateKeyPath: fc.constant("~/.ssh/id"),
    hostKeyCheck: fc.constantFrom("strict", "accept-new", "off"),
    dialErrorLimit: fc.integer({ min: -1, max: 20 }),
  },
  { requiredKeys: [] },
);
const hosts = fc
  .uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 4 })
  .chain((lasts) =>
    fc.tuple(
      ...lasts.map((last, index) =>
        fc.option(connection, { nil: undefined }).map((given) => [index, last, given] as const),
      ),
    ),
  )
  .map((entries) =>
    Object.fromEntries(
      entries.map(([index, last, given]) => [
        `h${index}`,
        { address: `192.168.64.${last}`, ...(given === undefined ? {} : { connection: given }) },
      ]),
    ),
  );
const optional = { requiredKeys: [] };

const overlays = fc
  .tuple(
    hosts,
    fc.record(
      {
        vni: fc.integer({ min: 1, max: 0xff_ff_ff }),
        port: fc.integer({ min: 1, max: 65_535 }),
        mtu: fc.integer({ min: 576, max: 9000 }),
        learning: fc.boolean(),
        resolve: fc.constantFrom("push", "miss"),
        storage: fc.constant("/overlaynet/storage"),
        bridge: fc.constant("br7"),
      },
      optional,
    ),
  )
  .map(([given, change]) => overlayNews({ hosts: given, ...change }));

const containers = fc
  .tuple(
    hosts,
    fc.record(
      { ip, gateway: fc.boolean(), interface: fc.constant("net0"), mtu: fc.integer({ min: 68, max: 1450 }) },
      optional,
    ),
  )
  .map(([given, change]) => containerNews({ host: "h0", ...change }, { hosts: given }));

const entries = fc
  .tuple(
    hosts,
    fc.record({ ip, vtep: fc.constantFrom("h0", "10.1.1.1"), hosts: fc.constantFrom(["h0"], undefined) }, optional),
  )
  .map(([given, change]) => neighNews(change, { hosts: given }));

const kinds: [string, (news: Bag) => CheckResult, fc.Arbitrary<Bag>][] = [
  ["an Overlay", checkOverlay, overlays],
  ["a Container", checkContainer, containers],
  ["a NeighEntry", checkNeighEntry, entries],
];

/** Every place in a bag, the bag itself left out. */
function placesIn(bag: Bag, before: readonly string[] = []): string[][] {
  return Object.entries(bag).flatMap(([key, value]) => {
    const path = [...before, key];
    return [path, ...(isBag(value) ? placesIn(value, path) : [])];
  });
}

function withAt(bag: Bag, [key, ...rest]: readonly string[], value: unknown): Bag {
  if (key === undefined) return bag;
  const member = bag[key];
  return { ...bag, [key]: rest.length === 0 || !isBag(member) ? value : withAt(member, rest, value) };
}

for (const [what, check, valid] of kinds) {
  describe(`the check of ${what}`, () => {
    const { __provider, ...plain } = check(fc.sample(valid, { numRuns: 1, seed: 1 })[0] as Bag).inputs;

    it("passes what is right, and what passed once passes again unchanged", () => {
      fc.assert(
        fc.property(valid, (news) => {
          const once = check(news);
          expect(once.failures).to.deep.equal([]);
          expect(check(once.inputs)).to.deep.equal({ inputs: once.inputs, failures: [] });
        }),
      );
    });

    it("lets any part be unknown, without a word", () => {
      fc.assert(
        fc.property(valid, fc.nat(), (news, number) => {
          const { __provider: _shim, owner, ...rest } = news;
          const places = placesIn(rest);
          const path = places[number % places.length] ?? [];
          const { inputs, failures } = check({ ...withAt(rest, path, unknownValue), owner });
          expect(failures, path.join(".")).to.deep.equal([]);
          expect(JSON.stringify(inputs)).to.contain(unknownValue);
        }),
      );
    });

    it("never throws, whatever is given, and every failure names a path it does not name to the engine", () => {
      const names = Object.keys(plain);
      fc.assert(
        fc.property(valid, fc.constantFrom(...names), fc.anything(), (news, name, garbage) => {
          for (const { property, reason } of check({ ...news, [name]: garbage }).failures) {
            expect(property).to.equal("");
            expect(reason).to.match(/^.+: \S/s);
          }
        }),
      );
    });
  });
}

describe("a check that fails", () => {
  const secret = "canary-3f9a";
  const key = keyPair().private;
  const wrong = fc.record(
    {
      port: fc.constantFrom(0, secret, key),
      user: fc.constantFrom(`${secret} `, key),
      host: fc.constantFrom(`${secret}/`, key),
      hostKey: fc.constantFrom(secret, key),
      hostKeyCheck: fc.constantFrom("of", 7),
      privateKey: fc.constantFrom(secret, 7),
      privateKeyPassword: fc.constantFrom(secret, 7),
      password: fc.constantFrom(secret, 7, [secret]),
      dialErrorLimit: fc.constantFrom(secret, 1.5),
      proxy: fc.constantFrom(secret, { password: secret, port: 0 }),
    },
    { requiredKeys: ["privateKey"] },
  );

  it("says nothing of what a connection holds, wherever in it that stands", () => {
    fc.assert(
      fc.property(fc.oneof(wrong, fc.constantFrom(secret, key, [key])), (given) => {
        const hostsWith = { a: { address: "192.168.64.27", connection: given } };
        for (const { failures } of [
          checkOverlay(overlayNews({ hosts: hostsWith, vni: 0 })),
          checkContainer(containerNews({}, { hosts: hostsWith })),
        ]) {
          const said = JSON.stringify(failures);
          expect(said).not.to.contain(secret);
          expect(said).not.to.contain("PRIVATE KEY");
        }
      }),
    );
  });
});
