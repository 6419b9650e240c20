import { parseFirewalls, parseForwarding, parseNeighbour, parseRouteGet } from "@overlaynet/core";
import { expect } from "chai";

describe("what a path is read from", () => {
  it("is a route, or the kernel's refusal", () => {
    const way = '[{"dst":"10.0.0.9","gateway":"7.7.7.1","dev":"eth0","prefsrc":"7.7.7.2","flags":[],"cache":[]}]';
    const read = { device: "eth0", via: "7.7.7.1", source: "7.7.7.2", refusal: "" };
    expect(parseRouteGet(way, "")).to.deep.equal(read);
    expect(parseRouteGet("", "RTNETLINK answers: Network is unreachable\n")).to.deep.equal({
      refusal: "Network is unreachable",
    });
  });

  it("is a neighbour, asked for or known, or none", () => {
    expect(parseNeighbour('[{"dst":"7.7.7.3","state":["FAILED"]}]')).to.deep.equal({ states: ["FAILED"] });
    expect(parseNeighbour("[]")).to.equal(undefined);
    expect(parseNeighbour("")).to.equal(undefined);
  });

  it("is a forwarding entry of the device's own, or of the bridge", () => {
    const mac = "02:42:07:07:07:03";
    const own = `[{"mac":"${mac}","ifname":"vxlan1","dst":"192.168.64.28","flags":["self"],"state":"permanent"}]`;
    expect(parseForwarding(own)).to.deep.equal({ device: "vxlan1", vtep: "192.168.64.28" });
    expect(parseForwarding("")).to.deep.equal({});
  });

  it("is rules and policies that drop, but for ours", () => {
    const chain = (table: string, policy: string): object => ({
      chain: { family: "inet", table, name: "in", policy },
    });
    const rule = { rule: { family: "ip", table: "wall", chain: "out", expr: [{ match: {} }, { drop: null }] } };
    const nftables = [chain("wall", "drop"), chain("open", "accept"), chain("overlaynet-lab", "drop"), rule];
    expect(parseFirewalls(JSON.stringify({ nftables }))).to.deep.equal([
      "table inet wall, chain in",
      "table ip wall, chain out",
    ]);
    expect(parseFirewalls("")).to.deep.equal([]);
  });
});
