import { expect } from "chai";
import { median, parsePing } from "../../checks/ping.js";

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

describe("the median", () => {
  it("is the middle one, whatever the order, and nothing of nothing", () => {
    expect(median([9, 1, 5])).to.equal(5);
    expect(median([])).to.be.NaN;
  });
});
