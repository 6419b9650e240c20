import { PingDocument } from "@overlaynet/cli/document/ping";
import { type Expected, HostProblem, type OperatorAsk, type PingResult } from "@overlaynet/core/operator/index";
import { expect } from "chai";
import { dead, expected, well } from "./network.js";
import { expectGolden, overlaynet, type Said } from "./scene.js";

const times = [0.31, 0.214, 0.22];

/** What a host's pings come to, by target; answered at once unless told. */
type Results = Readonly<Record<string, Partial<PingResult>>>;

/** A host that pings. @param asked told every request */
function pinging(said: Said, results: Results = {}, asked: OperatorAsk[] = []): Said {
  const probe = (ask: OperatorAsk, more: (part: unknown) => void): unknown => {
    asked.push(ask);
    if (ask.op !== "probe") throw new Error(`${said.name} was asked for ${ask.op}`);
    for (const target of ask.targets.map(String)) {
      const answered = { target, sent: 3, received: 3, duplicates: 0, milliseconds: times, complaint: "" };
      more({ ...answered, ...results[target] });
    }
    return { targets: ask.targets.length };
  };
  return { ...said, answers: { probe } };
}

const lost = { received: 0, milliseconds: [] };

describe("overlaynet ping", () => {
  it("shows every container to every other as a matrix, and ends with 0 when none loses everything", async () => {
    const some = { "7.7.7.3": { received: 2, milliseconds: [12.25, 0.5] } };
    const { status, out, err } = await overlaynet(["ping"], [pinging(well[0], some), pinging(well[1])], { expected });
    expect({ status, err }).to.deep.equal({ status: 0, err: "" });
    expectGolden("ping", out);
  });

  it("names each pair that loses everything, with what to do, and ends with 1", async () => {
    const gone = { "7.7.7.3": { ...lost, complaint: "7.7.7.2 says: Destination Host Unreachable" } };
    const hosts = [pinging(well[0], gone), pinging(well[1])];
    const { status, out } = await overlaynet(["ping"], hosts, { expected });
    expect(status).to.equal(1);
    expectGolden("ping-lost", out);
  });

  it("takes a ping that could not be sent for a loss", async () => {
    const refused = { "7.7.7.4": { sent: 0, ...lost, complaint: "connect: Network is unreachable" } };
    const { status, out } = await overlaynet(["ping", "red", "green"], [pinging(well[0], refused), pinging(well[1])], {
      expected,
    });
    expect(status).to.equal(1);
    expect(out).to.contain("✗ a, lab: red gets no answer from green (7.7.7.4): connect: Network is unreachable\n");
  });

  it("asks each host once for each of its containers, for the chosen pairs alone", async () => {
    const asked: OperatorAsk[] = [];
    const hosts = [pinging(well[0], {}, asked), pinging(well[1], {}, asked)];
    const argv = ["ping", "red", "7.7.7.3", "--count", "5", "--interval", "0.5", "--size", "1450", "--json"];
    const { status, out } = await overlaynet(argv, hosts, { expected });
    expect(status).to.equal(0);
    const own = { op: "probe", overlay: "lab", count: 5, interval: 500, wait: 1000, size: 1450 };
    expect(asked).to.have.deep.members([
      { ...own, container: "red", targets: ["7.7.7.3"] },
      { ...own, container: "pink", targets: ["7.7.7.2"] },
    ]);
    const { pairs } = PingDocument.parse(JSON.parse(out));
    expect(pairs.map(({ from, to }) => `${from.container} ${to.container}`)).to.deep.equal(["pink red", "red pink"]);
    expect(pairs[0]!.milliseconds).to.deep.equal({ least: 0.214, median: 0.22, most: 0.31 });
    asked.length = 0;
    await overlaynet(["ping", "red"], hosts, { expected });
    expect(asked).to.have.length(3);
  });

  it("measures what it can beside a host that does not answer, and ends with 3", async () => {
    const { status, out } = await overlaynet(["ping"], [pinging(well[0]), dead], { expected });
    expect(status).to.equal(3);
    expectGolden("ping-dead", out);
  });

  it("tells a container that its host does not have, and measures the others", async () => {
    const [a, b] = [pinging(well[0]), pinging(well[1])];
    const probe = (ask: OperatorAsk, more: (part: unknown) => void): unknown => {
      const failure = new HostProblem("failed", 'a: container "red" of overlay "lab" is not on this host');
      if ("container" in ask && ask.container === "red") return Promise.reject(failure);
      return a.answers!["probe"]!(ask, more);
    };
    const { status, out } = await overlaynet(["ping"], [{ ...a, answers: { probe } }, b], { expected });
    expect(status).to.equal(1);
    expect(out).to.match(/^green +a +· +0\.22 +0\.22$/m);
    expect(out).to.match(/^red +a +\? +\? +·$/m);
    expect(out).to.match(/^✗ a, lab: a: container "red" of overlay "lab" is not on this host$/m);
  });

  it("is a line for each container where the matrix is too wide", async () => {
    const containers = Array.from({ length: 30 }, (_, index) => {
      return { overlay: "lab", name: `web-${index + 1}`, host: index % 2 === 0 ? "a" : "b", ip: `7.7.7.${index + 2}` };
    });
    const many: Expected = { overlays: expected.overlays, containers };
    const hosts = [pinging(well[0], { "7.7.7.31": lost }), pinging(well[1])];
    for (const width of [80, 120]) {
      const { out } = await overlaynet(["ping"], hosts, { expected: many, columns: width });
      expect(Math.max(...out.split("\n").map((line) => line.length))).to.be.at.most(width);
      if (width === 80) expectGolden("ping-many", out);
    }
    expect((await overlaynet(["ping", "web-1", "web-2"], hosts, { expected: many, columns: 80 })).out).to.contain(
      "FROM",
    );
  });

  it("goes by what hosts have where there is no stack", async () => {
    const { status, out } = await overlaynet(["ping", "--json"], [pinging(well[0]), pinging(well[1])]);
    expect(status).to.equal(0);
    expect(PingDocument.parse(JSON.parse(out)).pairs).to.have.length(6);
    const beside = await overlaynet(["ping"], [pinging(well[0]), dead]);
    expect(beside.status).to.equal(3);
    expect(beside.out).to.match(/^\? b \(192\.168\.64\.28\): connect: no answer/m);
  });

  it("pings nothing across overlays", async () => {
    const own = { overlay: "other", host: "a", name: "red", ip: "7.7.7.2" };
    const two: Expected = {
      ...expected,
      containers: [...expected.containers, own, { ...own, name: "blue", ip: "7.7.7.5" }],
    };
    const { out } = await overlaynet(["ping", "red", "blue"], [pinging(well[0]), pinging(well[1])], { expected: two });
    expect(out).to.contain("overlay other: 2 pairs");
    expect(out).not.to.contain("overlay lab");
  });

  it("refuses what makes no sense", async () => {
    const said = async (...argv: string[]): Promise<string> => {
      const { status, err } = await overlaynet(["ping", ...argv], [pinging(well[0]), pinging(well[1])], { expected });
      expect(status).to.equal(2);
      return err;
    };
    expect(await said("blue")).to.equal("error: stack test of shop has no container blue; it has green, pink, red\n");
    expect(await said("--count", "0")).to.contain("expected pings, 1 to 100");
    expect(await said("--interval", "0.01")).to.contain("expected seconds, 0.2 to 1");
    expect(await said("--size", "20")).to.contain("expected bytes, 44 to 65535");
    expect(await said("--overlay", "none")).to.contain("no two containers of one overlay");
  });
});
