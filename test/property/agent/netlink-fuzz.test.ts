import { expect } from "chai";
import { fuzz, FuzzFailure } from "../../netlink/fuzz.js";
import { corpus } from "../../netlink/samples.js";
import { takeDatagram } from "../../netlink/target.js";

const samples = corpus().map(({ bytes }) => bytes);

describe("the netlink codec, fuzzed", () => {
  for (const { title, bytes } of corpus()) {
    it(`takes: ${title}`, () => {
      takeDatagram(bytes);
    });
  }

  it("takes what damaged datagrams become; `npm run fuzz` goes on for longer", () => {
    const seed = Date.now() % 2 ** 32;
    expect(fuzz(samples, seed, { inputs: 10_000 }, takeDatagram)).to.equal(10_000);
  });

  it("would be seen to throw, with the smallest datagram that makes it so", () => {
    const take = (bytes: Buffer): void => {
      if (bytes.includes(0x7f)) throw new Error("a byte that this codec cannot take");
    };
    expect(() => fuzz(samples, 1, { inputs: 10_000 }, take))
      .to.throw(FuzzFailure, /^seed 1: a byte that this codec cannot take/)
      .with.property("input")
      .that.deep.equals(Buffer.from([0x7f]));
  });

  it("would be seen never to end", () => {
    const take = (bytes: Buffer): void => {
      while (bytes.length === 0);
    };
    expect(() => fuzz(samples, 1, { inputs: 10_000, patience: 200 }, take)).to.throw(FuzzFailure, /timed out/);
  }).timeout(20_000);

  it("is the same again for the same seed", () => {
    const seen = [0, 0].map(() => {
      const inputs: string[] = [];
      fuzz(samples, 7, { inputs: 500 }, (bytes) => inputs.push(bytes.toString("hex")));
      return inputs;
    });
    expect(seen[0]).to.deep.equal(seen[1]);
  });
});
