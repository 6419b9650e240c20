import { macOfIp, parseIp } from "@overlaynet/core";
import { PathFacts } from "@overlaynet/core/operator/index";
import { expect } from "chai";
import { container } from "../agent/fixtures.js";
import { dead, expected, well } from "./network.js";
import { expectGolden, overlaynet, overlaySpec, type Said } from "./scene.js";

const hosts = { a: "192.168.64.27", b: "192.168.64.28" };
const none = { packets: 0, bytes: 0, errors: 0, dropped: 0 };

/** What a host says of the path between one of its containers and an address where all is well. */
function facts(host: "a" | "b", name: string, last: number, peer: number, changes: Partial<PathFacts> = {}): PathFacts {
  const other = host === "a" ? "b" : "a";
  const [address, port] = [`7.7.7.${peer}`, `vethO${last}`];
  const [mac, vtep] = [macOfIp(parseIp(address)), hosts[other]];
  const link = (namespace: string, device: string, kind: string): PathFacts["links"][number] => {
    return { namespace, name: device, index: 2, kind, up: true, mtu: 1450, received: none, sent: none };
  };
  return PathFacts.parse({
    spec: overlaySpec(host, hosts),
    container: container(name, last, { host, vtep: hosts[host] }),
    port,
    asked: { kind: "container", name: "other", mac, vtep },
    record: { mac, vtep },
    differences: [],
    links: [
      link("overns", "br0", "bridge"),
      link("overns", "vxlan1", "vxlan"),
      { ...link("overns", port, "veth"), master: "br0" },
      link(name, "eth0", "veth"),
    ],
    route: { device: "eth0", source: `7.7.7.${last}`, refusal: "" },
    refusal: "",
    neighbour: { mac, states: ["REACHABLE"] },
    proxied: { mac, states: ["PERMANENT"] },
    forwarded: vtep,
    resolver: { running: true, reason: "" },
    underlay: { vtep, route: { device: "eth1", source: hosts[host], refusal: "" }, refusal: "", mtu: 1500 },
    dropped: { strangers: 0 },
    firewalls: { host: [], container: [] },
    failures: [],
    ...changes,
  });
}

const answered = {
  target: "7.7.7.3",
  sent: 3,
  received: 3,
  duplicates: 0,
  milliseconds: [0.3, 0.2, 0.2],
  complaint: "",
};

function scene(
  red: Partial<PathFacts> = {},
  pink: Partial<PathFacts> = {},
  ping: Partial<typeof answered> = {},
): Said[] {
  const probe = (ask: object, more: (part: unknown) => void): unknown => {
    const whole = "size" in ask ? { sent: 1, received: Math.min(1, ping.received ?? 1) } : {};
    more({ ...answered, ...ping, ...whole });
    return { targets: 1 };
  };
  const connect = (): unknown => ({ outcome: "refused", reason: "", milliseconds: 0.4 });
  return [
    { ...well[0], answers: { path: () => facts("a", "red", 2, 3, red), probe, connect } },
    { ...well[1], answers: { path: () => facts("b", "pink", 3, 2, pink) } },
  ];
}

describe("overlaynet trace", () => {
  it("shows every hop there and back, and ends with 0 when all is well", async () => {
    const { status, out, err } = await overlaynet(["trace", "red", "pink"], scene(), { expected });
    expect({ status, err }).to.deep.equal({ status: 0, err: "" });
    expectGolden("trace", out);
  });

  it("names the first wrong hop, with what mends it", async () => {
    const wrong = { forwarded: "192.168.64.99", resolver: { running: false, reason: "nobody listens" } };
    const { status, out } = await overlaynet(["trace", "red", "7.7.7.3"], scene(wrong), { expected });
    expect(status).to.equal(1);
    expectGolden("trace-wrong", out);
  });

  it("tells a stale MAC from a second device with the address", async () => {
    const neighbour = { mac: "02:42:00:00:00:99", states: ["REACHABLE"] };
    const stale = await overlaynet(["trace", "red", "pink"], scene({ neighbour }), { expected });
    expect(stale.out).to.match(
      /^✗ a, neighbour: stale MAC: red sends to 02:42:00:00:00:99, 7\.7\.7\.3 has 02:42:07:07:07:03$/m,
    );
    const twice = await overlaynet(["trace", "red", "pink"], scene({ neighbour, behind: "vethX" }), { expected });
    expect(twice.out).to.match(/^✗ a, neighbour: two have the address 7\.7\.7\.3: .* is behind vethX of br0$/m);
  });

  it("knows rp_filter on the way back", async () => {
    const { out } = await overlaynet(["trace", "red", "pink"], scene({}, { refusal: "Invalid cross-device link" }), {
      expected,
    });
    expect(out).to.match(/^✗ b, admission: pink: 7\.7\.7\.2 on eth0: rp_filter drops it/m);
  });

  it("says where packets are lost when no hop says why", async () => {
    const lost = { received: 0, milliseconds: [] };
    const { status, out } = await overlaynet(["trace", "red", "pink"], scene({}, {}, lost), { expected });
    expect(status).to.equal(1);
    expect(out).to.match(/^✗ a, loss: red does not send them$/m);
  });

  it("follows as far as hosts answer, and ends with 3 when that is all that is wrong", async () => {
    const [a] = scene();
    const { status, out } = await overlaynet(["trace", "red", "pink"], [a!, { ...well[1], failure: dead.failure! }], {
      expected,
    });
    expect(status).to.equal(3);
    expect(out).to.match(/^\? +there +b +host +not reachable$/m);
  });

  it("refuses a container that is not there, and one with itself", async () => {
    expect((await overlaynet(["trace", "red", "blue"], scene(), { expected })).status).to.equal(2);
    expect((await overlaynet(["trace", "red", "7.7.7.2"], scene(), { expected })).status).to.equal(2);
  });
});
