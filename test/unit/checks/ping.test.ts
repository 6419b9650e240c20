import { expect } from "chai";
import { median, parseEndedPing, parsePing } from "../../checks/ping.js";

describe("what ping prints", () => {
  it("is read: requests, replies and round trips in order", () => {
    const result = parsePing(
      [
        "PING 7.7.7.3 (7.7.7.3) 56(84) bytes of data.",
        "64 bytes from 7.7.7.3: icmp_seq=1 ttl=64 time=1.12 ms",
        "64 bytes from 7.7.7.3: icmp_seq=3 ttl=64 time=0.090 ms",
        "",
        "--- 7.7.7.3 ping statistics ---",
        "3 packets transmitted, 2 received, 33.3333% packet loss, time 403ms",
      ].join("\n"),
    );
    expect(result).to.deep.equal({ sent: 3, received: 2, times: [1.12, 0.09] });
  });

  it("counts a reply from a router as a loss", () => {
    const result = parsePing(
      "From 7.7.7.1 icmp_seq=1 Destination Host Unreachable\n1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms",
    );
    expect(result).to.deep.equal({ sent: 1, received: 0, times: [] });
  });

  it("is an error when ping did not run", () => {
    expect(() => parsePing("", 'Cannot open network namespace "red"')).to.throw(/red/);
  });
});

describe("what a ping prints that is ended by a signal", () => {
  const printed = (answered: readonly number[], sent: number): string =>
    [
      ...answered.map((sequence) => `64 bytes from 7.7.7.3: icmp_seq=${sequence} ttl=64 time=0.1 ms`),
      `${sent} packets transmitted, ${answered.length} received, 0% packet loss, time 9ms`,
    ].join("\n");

  it("is read without the request that was on its way", () => {
    expect(parseEndedPing(printed([1, 2, 3], 3))).to.include({ sent: 3, received: 3 });
    expect(parseEndedPing(printed([1, 2, 3], 4))).to.include({ sent: 3, received: 3 });
  });

  it("keeps every other loss, at the end too", () => {
    expect(parseEndedPing(printed([1, 3], 3))).to.include({ sent: 3, received: 2 });
    expect(parseEndedPing(printed([1, 2], 5))).to.include({ sent: 4, received: 2 });
    expect(parseEndedPing(printed([], 5))).to.include({ sent: 4, received: 0 });
  });
});

describe("the median", () => {
  it("is the middle one, whatever the order, and nothing of nothing", () => {
    expect(median([9, 1, 5])).to.equal(5);
    expect(median([])).to.be.NaN;
  });
});
