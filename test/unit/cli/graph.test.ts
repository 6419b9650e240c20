import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { GraphDocument } from "@overlaynet/cli/document/graph";
import { amount } from "@overlaynet/cli/graph/caption";
import { anchorOf } from "@overlaynet/cli/graph/markup";
import { expect } from "chai";
import { withDrift } from "./drift.js";
import { withLinks } from "./links.js";
import { manyHosts } from "./many.js";
import { ailing, dead, expected, well } from "./network.js";
import { expectGolden, overlaynet, type Said } from "./scene.js";

const wellHosts = well.map((host) => withLinks(host));
const driftHosts = [withDrift(well[0]), withLinks(well[1])];

/** What the command draws, at no time in particular. */
async function drawn(hosts: readonly Said[], ...options: string[]): Promise<string> {
  const { out, err } = await overlaynet(["graph", ...options], hosts, { expected });
  expect(err).to.equal("");
  return out.replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+Z| UTC)/g, "TIME");
}

async function documentOf(hosts: readonly Said[]): Promise<GraphDocument> {
  return GraphDocument.parse(JSON.parse(await drawn(hosts, "--json")));
}

describe("overlaynet graph", () => {
  for (const [name, hosts] of [
    ["well", wellHosts],
    ["drift", driftHosts],
    ["dead-host", [wellHosts[0]!, dead]],
  ] as const) {
    it(`draws what hosts hold: ${name}`, async () => {
      expectGolden(`graph-${name}.dot`, await drawn(hosts, "--dot"));
      expectGolden(`graph-${name}.mermaid`, await drawn(hosts, "--mermaid"));
      expectGolden(`graph-${name}.svg`, await drawn(hosts, "--svg"));
      const page = await drawn(hosts);
      const own = page
        .replace(/<(style|script)>[^]*?<\/\1>|<svg xmlns[^]*<\/svg>|sha256-[\w+/=]+/g, "…")
        .replaceAll("><", ">\n<");
      expectGolden(`graph-${name}.html`, own);
    });
  }

  it("ends as a status does", async () => {
    const ends = async (hosts: readonly Said[]): Promise<number> =>
      (await overlaynet(["graph"], hosts, { expected })).status;
    expect(await ends(wellHosts)).to.equal(0);
    expect(await ends([wellHosts[0]!, ailing()])).to.equal(1);
    expect(await ends([wellHosts[0]!, dead])).to.equal(3);
  });

  it("says of each element how it is", async () => {
    const { nodes, edges, groups } = await documentOf(driftHosts);
    const bad = [...groups, ...nodes, ...edges].filter(({ state }) => state !== "ok");
    expect(bad.map(({ id, state, wrong }) => [id, state, ...wrong].join(": "))).to.deep.equal([
      "namespace a green: missing: namespace green missing",
      "device a overns vxlan1: wrong: vxlan1 mtu 1300, want 1450",
      "device a green eth0: missing",
      "device a overns vethO4: missing",
      "device a overns tap7: foreign",
      "device a overns vethO4 - device a overns br0: missing: vethO4 is no port of br0",
      "device a green eth0 - device a overns vethO4: missing: eth0 of green does not lead to vethO4",
      "device a overns vxlan1 - overlay lab: wrong: vxlan1: neighbour 7.7.7.3 missing",
    ]);
  });

  it("draws hosts whose agents tell no devices yet, without counters and without alarm", async () => {
    const { nodes, edges } = await documentOf(well);
    expect([...nodes, ...edges].filter(({ state }) => state !== "ok")).to.deep.equal([]);
    expect(nodes.filter(({ traffic }) => traffic !== undefined)).to.deep.equal([]);
    expect(nodes).to.have.length(13);
  });

  it("leaves every difference of every kind to be seen somewhere", async () => {
    const host = ailing();
    const { groups, nodes, edges, problems } = await documentOf([wellHosts[0]!, withLinks(host)]);
    const told = [...groups, ...nodes, ...edges].flatMap(({ wrong }) => wrong).join("\n");
    for (const { what } of problems) expect(told, what).to.contain(what.replace(/^could not be looked at: /, ""));
  });

  it("draws ends outside that records lead to", async () => {
    const outside = { ip: "7.7.7.9", mac: "02:42:07:07:07:09", vtep: "192.168.64.40", origin: "by hand" as const };
    const { nodes, edges } = await documentOf(wellHosts.map((host) => ({ ...host, records: [outside] })));
    expect(
      nodes.filter(({ kind }) => kind === "vtep").map(({ name, facts }) => [name, facts["records"]]),
    ).to.deep.equal([["192.168.64.40", "1 record: 7.7.7.9"]]);
    expect(edges.filter(({ kind }) => kind === "tunnel")).to.have.length(3);
  });

  it("gives each of twenty hosts its place, and none overlaps another", async () => {
    const svg = await drawn(manyHosts(20, 3), "--svg");
    const hosts = [
      ...svg.matchAll(
        /class="group host ok"[^]*?<rect class="frame" x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"/g,
      ),
    ];
    const boxes = hosts.map(([, ...numbers]) => numbers.map(Number) as [number, number, number, number]);
    expect(boxes).to.have.length(20);
    for (const [place, [x, y, width, height]] of boxes.entries()) {
      for (const [left, top, wide, high] of boxes.slice(place + 1)) {
        const apart = x + width <= left || left + wide <= x || y + height <= top || top + high <= y;
        expect(apart, `host ${place}`).to.equal(true);
      }
    }
  });

  it("is a page that loads nothing and runs only what its policy names", async () => {
    const page = await drawn(driftHosts);
    expect(page).not.to.match(
      /\b(src|srcset|data|poster|action|xlink:href)=|url\(|@import|<(link|iframe|img|object|base)\b/,
    );
    const body = page.replace(/<script>[^]*<\/script>/, "");
    for (const [, target] of body.matchAll(/\bhref="([^"]*)"/g)) expect(target).to.match(/^#/);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll("&#39;", "'") ?? "";
    const digest = (tag: string): string => {
      const [, content = ""] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page) ?? [];
      return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
    };
    expect(policy).to.equal(
      `default-src 'none'; style-src ${digest("style")}; script-src ${digest("script")}; base-uri 'none'; form-action 'none'`,
    );
    expect(page.match(/<script/g)).to.have.length(1);
    expect(body).not.to.match(/ (style|on\w+)="/);
  });

  it("leads from every element to its details", async () => {
    const page = await drawn(driftHosts);
    const anchors = [...page.matchAll(/<a href="#(e-[^"]*)"/g)].map(([, anchor]) => anchor);
    const details = [...page.matchAll(/<section id="(e-[^"]*)"/g)].map(([, id]) => id);
    expect(anchors).to.have.length.greaterThan(30);
    expect(anchors).to.have.members(details);
    expect(new Set(details).size).to.equal(details.length);
  });

  it("refuses two pictures at once, and a port that is none", async () => {
    for (const argv of [
      ["--svg", "--dot"],
      ["--serve", "65536"],
      ["--json", "--mermaid"],
      ["--serve", "-o", "x"],
    ]) {
      expect((await overlaynet(["graph", ...argv], wellHosts)).status, argv.join(" ")).to.equal(2);
    }
    const { status, err } = await overlaynet(["graph", "-o", "/nowhere/x.html"], wellHosts);
    expect({ status, err }).to.deep.include({ status: 2 });
    expect(err).to.match(/^error: --output: .*ENOENT/);
  });

  it("counts in few letters", () => {
    const told = [0, 7, 999, 1000, 1234, 9949, 9950, 12_345, 999_499, 999_500, 1e6, 2.5e9, 7e13].map(amount);
    expect(told.join(" ")).to.equal("0 7 999 1.0k 1.2k 9.9k 10k 12k 999k 1.0M 1.0M 2.5G 70T");
  });

  it("has an anchor of its own for every id", () => {
    const ids = ["a b", "a_b", "a_20_b", "a  b", "a.b", "ä", "a/b", 'a"b', "a-b"];
    const anchors = ids.map(anchorOf);
    expect(new Set(anchors).size).to.equal(ids.length);
    for (const anchor of anchors) expect(anchor).to.match(/^[\w-]+$/);
  });
});

describe("the agent's bundle", () => {
  it("has nothing of pictures in it", () => {
    const inputs = readFileSync(join(process.cwd(), "agent", "dist", "bundle-inputs.json"), "utf8");
    expect(inputs).to.contain("cli/verb/status.ts");
    expect(inputs).not.to.match(/elkjs|cli\/graph\//);
  });
});
