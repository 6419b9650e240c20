import { parsePing, pingCommand } from "@overlaynet/core";
import { expect } from "chai";

describe("pings", () => {
  it("are ping(8)'s, of a whole packet's size when one is asked for", () => {
    const pings = { target: "7.7.7.3", count: 3, interval: 200, wait: 1000 };
    expect(pingCommand(pings).join(" ")).to.equal("ping -n -c 3 -i 0.2 -W 1 7.7.7.3");
    expect(pingCommand({ ...pings, size: 1450 }).join(" ")).to.equal("ping -n -c 3 -i 0.2 -W 1 -M do -s 1422 7.7.7.3");
  });

  it("are read with their times, and answers that come twice", () => {
    const text = [
      "PING 7.7.7.3 (7.7.7.3) 56(84) bytes of data.",
      "64 bytes from 7.7.7.3: icmp_seq=1 ttl=64 time=0.087 ms",
      "64 bytes from 7.7.7.3: icmp_seq=1 ttl=64 time=0.101 ms (DUP!)",
      "64 bytes from 7.7.7.3: icmp_seq=3 ttl=64 time=12 ms",
      "",
      "--- 7.7.7.3 ping statistics ---",
      "3 packets transmitted, 2 received, +1 duplicates, 33.3333% packet loss, time 407ms",
      "rtt min/avg/max/mdev = 0.087/4.062/12.000/5.612 ms",
    ].join("\n");
    expect(parsePing("7.7.7.3", text, "")).to.deep.equal({
      target: "7.7.7.3",
      sent: 3,
      received: 2,
      duplicates: 1,
      milliseconds: [0.087, 12],
      complaint: "",
    });
  });

  it("are read with what is complained of", () => {
    const nobody = "From 7.7.7.2 icmp_seq=1 Destination Host Unreachable\n1 packets transmitted, 0 received, +1 errors";
    expect(parsePing("7.7.7.9", nobody, "")).to.deep.include({
      sent: 1,
      received: 0,
      complaint: "7.7.7.2 says: Destination Host Unreachable",
    });
    const unsent = parsePing("7.7.7.9", "", "ping: connect: Network is unreachable\n");
    expect(unsent).to.deep.include({ sent: 0, received: 0, complaint: "connect: Network is unreachable" });
    const long = parsePing(
      "7.7.7.3",
      "1 packets transmitted, 0 received",
      "ping: local error: message too long, mtu=1300",
    );
    expect(long.complaint).to.equal("local error: message too long, mtu=1300");
  });
});
