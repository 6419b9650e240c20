import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { GraphDocument, type GraphNode } from "@overlaynet/cli/document/graph";
import { pageParts } from "@overlaynet/cli/graph/html";
import { place } from "@overlaynet/cli/graph/layout";
import { servePage } from "@overlaynet/cli/graph/serve";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { browserPath, startBrowser } from "../checks/browser.js";
import { Stack, succeeded } from "../checks/stack.js";
import { mainJob } from "../checks/topology.js";
import { type Host, Lab, until } from "../hosts/index.js";
import { skipBecause } from "../skip.js";

/** Milliseconds for what a busy machine may need. */
const SOON = 30_000;

/** Prints an answer of HTTP up to its end, or to the first empty line in it: all of one server-sent event. */
const firstPart = `
  const [url, host] = process.argv.slice(1);
  require("node:http").get(url, { headers: { host } }, (response) => {
    response.on("data", (chunk) => process.stdout.write(chunk, () => String(chunk).includes("\\n\\n") && process.exit()));
  });
`;

/** The picture of a real network, against what its kernels hold, and looked at in a real browser. */
describe("overlaynet graph", function () {
  this.timeout(300_000);

  let lab: Lab;
  let stack: Stack;
  let a: Host;
  let b: Host;

  before(async () => {
    lab = await Lab.up({ name: "graph", hosts: 2 });
    [a, b] = [lab.host("a"), lab.host("b")];
    stack = await Stack.create(lab, "graph");
    await stack.declare(mainJob(lab));
    succeeded("up", await stack.up());
    await until("all is well", async () => (await stack.overlaynet(["status"])).exitCode === 0, { within: SOON });
  });
  after(() => Lab.down("graph"));

  async function graph(): Promise<GraphDocument> {
    const { stdout, stderr } = await stack.overlaynet(["graph", "--json"]);
    expect(stderr).to.equal("");
    return GraphDocument.parse(JSON.parse(stdout));
  }

  function find(document: GraphDocument, id: string): GraphNode {
    const found = document.nodes.find((node) => node.id === id);
    expect(found, `${id} among ${document.nodes.map((node) => node.id).join("; ")}`).not.to.equal(undefined);
    return found!;
  }

  /** The devices of a namespace but lo, `name@bridge`, as iproute2 shows them. */
  async function devices(host: Host, namespace: string): Promise<string[]> {
    const { stdout } = await host.script(`ip -n ${namespace} -j -d link show`);
    const links = JSON.parse(stdout) as { ifname: string; master?: string }[];
    return links.filter(({ ifname }) => ifname !== "lo").map(({ ifname, master = "" }) => `${ifname}@${master}`);
  }

  it("has every device of every namespace, and what they are ports of, as the kernels have them", async () => {
    const { nodes, edges, groups, problems } = await graph();
    expect(problems).to.deep.equal([]);
    expect(groups.map(({ kind, name, host }) => `${host ?? ""} ${kind} ${name}`).sort()).to.deep.equal(
      ["a container green", "a container red", "a host a", "a namespace overns"].concat([
        "b container pink",
        "b host b",
        "b namespace overns",
      ]),
    );
    expect([...groups, ...nodes, ...edges].filter(({ state }) => state !== "ok")).to.deep.equal([]);
    const places: readonly (readonly [Host, string])[] = [
      [a, "overns"],
      [a, "red"],
      [a, "green"],
      [b, "overns"],
      [b, "pink"],
    ];
    for (const [host, namespace] of places) {
      const group = `namespace ${host.name} ${namespace}`;
      const drawn = nodes.filter((node) => node.group === group && node.kind !== "resolver");
      const drawnDevices = drawn.map(({ id, name }) => {
        const port = edges.find(({ kind, from }) => kind === "bridge" && from === id);
        return `${name}@${nodes.find((node) => node.id === port?.to)?.name ?? ""}`;
      });
      expect(drawnDevices.sort(), group).to.deep.equal((await devices(host, namespace)).sort());
    }
    const tunnels = edges.filter(({ kind }) => kind === "tunnel");
    expect(tunnels.map(({ facts }) => facts)).to.deep.equal([
      { "to b (192.168.64.28)": "1 record: pink 7.7.7.3" },
      { "to a (192.168.64.27)": "2 records: red 7.7.7.2, green 7.7.7.4" },
    ]);
    expect(edges.filter(({ kind }) => kind === "veth")).to.have.length(3);
  });

  it("counts what the kernel counts", async () => {
    const id = "device a red eth0";
    const before = find(await graph(), id).traffic!;
    await a.script("ip netns exec red ping -c 7 -i 0.2 -W 5 7.7.7.3");
    const after = find(await graph(), id).traffic!;
    const { stdout } = await a.script("ip netns exec red cat /sys/class/net/eth0/statistics/tx_packets");
    expect(after.sent.packets - before.sent.packets).to.be.at.least(7);
    expect(after.received.bytes - before.received.bytes).to.be.at.least(7 * 98);
    expect(Number(stdout)).to.be.at.least(after.sent.packets);
    expect(find(await graph(), "resolver a lab").misses).to.be.a("number");
  });

  it("serves the page on this machine alone, and its counters follow", async () => {
    const serving = stack.startOverlaynet(["graph", "--serve", "--interval", "0.3"]);
    let printed = "";
    serving.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
    const url = await until("it says where", () => Promise.resolve(/http:\S+/.exec(printed)?.[0]), { within: SOON });
    const { port } = new URL(url);
    const fetched = async (path: string, host = `127.0.0.1:${port}`): Promise<string> =>
      (await lab.op([process.execPath, "-e", firstPart, `${url}${path}`, host])).stdout;
    expect(await fetched("")).to.contain("connect-src &#39;self&#39;");
    expect(await fetched("", "evil.example")).to.equal("This page is for this machine alone.");
    const listening = await lab.op(["ss", "-Hltn", `sport = :${port}`]);
    expect(listening.stdout)
      .to.match(/127\.0\.0\.1:\d+/)
      .and.not.match(/0\.0\.0\.0:\d+ +0/);
    // One look of it after each ping.
    const seen = async (): Promise<string> => /eth0 on a[^]*?↑ [^<]*/.exec(await fetched("events"))?.[0] ?? "";
    const before = await seen();
    expect(before).to.contain("pkt");
    await a.script("ip netns exec red ping -c 5 -i 0.2 7.7.7.3; ip netns exec green ping -c 5 -i 0.2 7.7.7.3");
    await until("the page counts on", async () => (await seen()) !== before, { within: SOON });
    serving.kill("SIGINT");
    expect((await serving).exitCode).to.equal(0);
  });

  describe("in a browser", () => {
    let browser: Browser | undefined;
    let page: Page;

    before(async function () {
      const path = browserPath();
      if (path === undefined) skipBecause(this, "there is no Chromium here");
      browser = await startBrowser(path);
      page = await browser.newPage({ viewport: { width: 1500, height: 640 } });
    });
    after(() => browser?.close());

    async function open(): Promise<string[]> {
      const file = join(lab.stateDir, "network.html");
      await stack.overlaynet(["graph", "-o", file]);
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      return asked;
    }

    function styleOf(selector: string, property: string): Promise<string> {
      return page.evaluate(`getComputedStyle(document.querySelector("${selector}")).${property}`);
    }

    /** Keeps what was seen where `npm run screenshot` wants it. */
    async function keep(name: string): Promise<void> {
      const folder = process.env["OVERLAYNET_SCREENSHOTS"];
      if (folder !== undefined) await writeFile(join(folder, `${name}.png`), await page.screenshot());
    }

    it("shows what is known of what is clicked, and the commands to look there; nothing is loaded", async () => {
      const asked = await open();
      await page.click("a.port:has-text('vethO2')");
      const shown = page.locator("section.shown");
      expect(await shown.locator("h2").textContent()).to.equal("vethO2");
      expect(await shown.locator("pre").allTextContents()).to.include("ip -n overns -d -s address show dev vethO2");
      await page.keyboard.press("Escape");
      expect(await shown.locator("h2").textContent()).to.equal("All well");
      expect(asked).to.have.length(1);
      await keep("well");
    });

    it("is used without a mouse", async () => {
      await open();
      await page.focus("a.bridge.node");
      await page.keyboard.press("Enter");
      expect(await page.locator("section.shown h2").textContent()).to.equal("br0");
      // The next one is the next in the picture.
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      expect(await page.locator("section.shown h2").textContent()).to.equal("vxlan1");
      await page.goBack();
      expect(await page.locator("section.shown h2").textContent()).to.equal("br0");
      // Every element can be reached by Tab.
      const reached = await page.evaluate(
        "[...document.querySelectorAll('#drawing a')].every((one) => one.tabIndex === 0)",
      );
      expect(reached).to.equal(true);
    });

    it("is a picture of its own that a strict reader of XML takes", async () => {
      const { stdout } = await stack.overlaynet(["graph", "--svg"]);
      const read = `new DOMParser().parseFromString(${JSON.stringify(stdout)}, "image/svg+xml").documentElement.nodeName`;
      expect(await page.evaluate(read)).to.equal("svg");
    });

    it("follows what is served, and keeps what was chosen", async () => {
      const first = await graph();
      const served = await servePage(first.title, pageParts(first, await place(first)), 0);
      try {
        await page.goto(served.url);
        await page.waitForSelector(".live:not([hidden])");
        await page.focus("a.interface.node:has-text('7.7.7.2')");
        await page.keyboard.press("Enter");
        const counters = (): Promise<string> => page.locator("section.shown dl").innerText();
        const before = await counters();
        await a.script("ip netns exec red ping -c 3 -i 0.2 7.7.7.3");
        const next = await graph();
        served.show(pageParts(next, await place(next)));
        await until("its counters follow", async () => (await counters()) !== before, { within: SOON });
        expect(await page.locator("section.shown .place").textContent()).to.contain("on a");
        const focused = await page.evaluate("document.activeElement.closest('a').className.baseVal");
        expect(focused).to.contain("interface").and.contain("chosen");
      } finally {
        await served.close();
      }
      await page.waitForSelector(".live.lost");
    });

    it("has commands that work where they are said to", async () => {
      const { nodes, edges, groups } = await graph();
      const looks = [...nodes, ...edges, ...groups].flatMap(({ host, commands }) =>
        commands
          .filter(({ where, command }) => where === "host" && /^(ip -n|bridge|overlaynet)/.test(command))
          .map(({ command }) => `${host ?? ""}\n${command}`),
      );
      expect(looks.length).to.be.greaterThan(10);
      for (const [host = "", command = ""] of [...new Set(looks)].map((look) => look.split("\n"))) {
        await lab.host(host).script(command);
      }
    });

    it("shows in red what somebody changed by hand, at its place", async () => {
      await a.script("ip -n overns link set vxlan1 mtu 1300; ip netns del green");
      const document = await graph();
      const wrong = (id: string): readonly [string, string | undefined] => {
        const { state, wrong: words } = find(document, id);
        return [state, words[0]];
      };
      expect(wrong("device a overns vxlan1")).to.deep.equal(["wrong", "vxlan1 mtu 1300, want 1450"]);
      expect(wrong("device a green eth0")[0]).to.equal("missing");
      expect(wrong("device a red eth0")[0]).to.equal("ok");
      expect(wrong("device b overns vxlan1")[0]).to.equal("ok");
      await open();
      const frame = page.locator("a.vxlan.wrong > .frame");
      expect(await frame.count()).to.equal(1);
      expect(await styleOf("a.vxlan.wrong > .frame", "stroke")).to.equal("rgb(196, 20, 44)");
      await page.locator("a.vxlan.wrong").click();
      expect(await page.locator("section.shown .wrong").allTextContents()).to.deep.equal([
        "vxlan1 mtu 1300, want 1450",
      ]);
      await keep("drift");
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await styleOf("body", "backgroundColor")).to.equal("rgb(16, 20, 27)");
      await keep("drift-dark");
    });
  });
});
