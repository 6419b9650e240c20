import { TokenBucket } from "@overlaynet/core/resolver/index";
import { expect } from "chai";

describe("a token bucket", () => {
  const taken = (bucket: TokenBucket, now: number): number => {
    let count = 0;
    while (bucket.take(now)) count += 1;
    return count;
  };

  it("gives what it holds at once, then at its rate, and never more than it holds", () => {
    const bucket = new TokenBucket(10, 5);
    expect(taken(bucket, 1000)).to.equal(5);
    expect(taken(bucket, 1050)).to.equal(0);
    expect(taken(bucket, 1100)).to.equal(1);
    expect(taken(bucket, 1400)).to.equal(3);
    expect(taken(bucket, 100_000)).to.equal(5);
  });
});
