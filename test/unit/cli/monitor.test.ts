import { decodeNeighbour, RTM, unmarshalMessages } from "@overlaynet/agent/netlink/index";
import { MonitorDocument } from "@overlaynet/cli/document/monitor";
import { isoTime } from "@overlaynet/cli/monitor/clock";
import { rawLines } from "@overlaynet/cli/monitor/line";
import { InOrder } from "@overlaynet/cli/monitor/order";
import { HostProblem, type Miss, type MonitorPart, type OperatorAsk } from "@overlaynet/core/operator/index";
import { expect } from "chai";
import { captures, readSamples } from "../../netlink/samples.js";
import { dead, expected, well } from "./network.js";
import { expectGolden, overlaynet, type Said } from "./scene.js";

const answered: Miss = {
  at: 0,
  layer: "l3",
  address: "7.7.7.3",
  device: "vxlan1",
  answer: "answered",
  from: "memory",
  mac: "02:42:07:07:07:03",
  vtep: "192.168.64.28",
  replied: true,
  times: 1,
  unexpected: false,
  microseconds: 84,
};
const second = answered.layer === "l3" ? { ...answered, layer: "l2" as const, address: "02:42:07:07:07:03" } : answered;
const { mac: _mac, vtep: _vtep, ...none } = { ...answered, replied: false };
/** One of every kind, the first of them the latest. */
const kinds: readonly Miss[] = [
  { ...answered, times: 3, unexpected: true },
  { ...second, mac: undefined, replied: false, microseconds: 61 },
  { ...none, address: "7.7.7.99", answer: "unknown", from: "file", microseconds: 12 },
  { ...none, address: "7.7.7.99", answer: "unknown", from: "negative cache", microseconds: 2 },
  { ...none, address: "7.7.7.4", answer: "local", microseconds: 2 },
  { ...none, address: "7.7.7.1", answer: "gateway", from: "configuration", microseconds: 2 },
  { ...none, address: "10.0.0.1", answer: "outside", from: "configuration", microseconds: 2 },
  { ...none, layer: "ipv6", address: "fe80::1", answer: "ipv6", from: "configuration", microseconds: 2 },
  { ...none, address: "7.7.7.98", answer: "limited", microseconds: 2 },
  { ...answered, answer: "failed", microseconds: 99 },
];

/** A host whose clock is ahead by `ahead` milliseconds and that tells what it is given, each a millisecond after the other, then ends. */
function telling(said: Said, ahead: number, parts: readonly MonitorPart[], asked: OperatorAsk[] = []): Said {
  const begun = performance.timeOrigin + performance.now() + ahead;
  return {
    ...said,
    answers: {
      clock: () => ({ now: performance.timeOrigin + performance.now() + ahead }),
      monitor: (ask, more) => {
        asked.push(ask);
        for (const part of parts) {
          if ("misses" in part) {
            more({ ...part, misses: part.misses.map((miss) => ({ ...miss, at: begun + miss.at })) });
          } else more(part);
        }
        return {};
      },
    },
  };
}

const following: MonitorPart = { overlay: "lab", following: true };
const misses = (...all: Miss[]): MonitorPart => ({ overlay: "lab", misses: all, skipped: 0 });

/** Lines without what differs from one run to the next. */
function still(text: string): string {
  return text.replace(/^\d\d:\d\d:\d\d\.\d{6}/gm, "12:00:00.000000");
}

function documentsIn(out: string): MonitorDocument[] {
  return out
    .trim()
    .split("\n")
    .map((line) => MonitorDocument.parse(JSON.parse(line)));
}

describe("overlaynet monitor", () => {
  it("tells each miss on a line, and of hosts and resolvers what people have to know", async () => {
    const a = telling(well[0], 0, [
      following,
      // Before all else, whenever that comes.
      misses(...kinds.map((miss, index) => ({ ...miss, at: index - 1000 }))),
      { overlay: "lab", misses: [], skipped: 4321 },
      { overlay: "lab", down: "the resolver ended" },
    ]);
    const { status, out, err } = await overlaynet(["monitor"], [a, dead]);
    expect(err).to.equal("");
    // Which host's words come first is chance.
    const [head = "", ...lines] = still(out).split("\n");
    const of = (host: string): string[] => lines.filter((line) => line.includes(`  ${host}  `));
    expectGolden("monitor", [head, ...of("a   "), ...of("b   "), ""].join("\n"));
    expect(status).to.equal(1);
  });

  it("decodes every part of what kernels really send", () => {
    const decoded = readSamples(captures).flatMap(({ title, bytes }) =>
      unmarshalMessages(bytes).messages.flatMap((message) => {
        const isNeighbour = [RTM.GETNEIGH, RTM.NEWNEIGH, RTM.DELNEIGH].some((type) => type === message.type);
        const one = isNeighbour ? decodeNeighbour(message) : undefined;
        return one === undefined ? [] : [`${title}\n${rawLines(one, "vxlan1")}`];
      }),
    );
    expectGolden("monitor-raw", decoded.join("\n"));
  });

  it("puts the hosts' misses in the order of their times, whatever their clocks say", async () => {
    const hour = 3_600_000;
    const at = (time: number, address: string): Miss => ({ ...answered, at: time, address });
    const a = telling(well[0], -hour, [following, misses(at(20, "7.7.7.2"), at(60, "7.7.7.4"))]);
    const b = telling(well[1], hour, [following, misses(at(0, "7.7.7.1"), at(40, "7.7.7.3"), at(80, "7.7.7.5"))]);
    const { status, out } = await overlaynet(["monitor", "--json"], [a, b]);
    const told = documentsIn(out).filter(({ event }) => event === "miss");
    expect(told.map(({ host, miss }) => `${host} ${miss?.address ?? ""}`)).to.deep.equal([
      "b 7.7.7.1",
      "a 7.7.7.2",
      "b 7.7.7.3",
      "a 7.7.7.4",
      "b 7.7.7.5",
    ]);
    for (const { time } of told) expect(Math.abs(Date.parse(time) - Date.now())).to.be.below(60_000);
    expect(status).to.equal(0);
  });

  it("tells only what is asked for", async () => {
    const asked: OperatorAsk[] = [];
    const told = async (...argv: string[]): Promise<string[]> => {
      const a = telling(well[0], 0, [following, misses(...kinds)], asked);
      const { out } = await overlaynet(["monitor", "--json", ...argv], [a, well[1]], { expected });
      return documentsIn(out).flatMap(({ miss }) => (miss === undefined ? [] : [`${miss.layer} ${miss.answer}`]));
    };
    expect(await told("--kind", "l2")).to.deep.equal(["l2 answered"]);
    expect(await told("-k", "l2", "-k", "ipv6")).to.deep.equal(["l2 answered", "ipv6 ipv6"]);
    expect(await told("--unanswered")).to.have.length(8);
    expect(await told("--container", "pink")).to.deep.equal(["l3 answered", "l2 answered", "l3 failed"]);
    expect(await told("-c", "pink", "-c", "green", "--unanswered")).to.deep.equal(["l3 local", "l3 failed"]);
    expect(await told("--count", "2")).to.deep.equal(["l3 answered", "l2 answered"]);
    await told("--raw", "--overlay", "lab");
    expect(asked[0]).to.deep.equal({ op: "monitor", raw: false });
    expect(asked.at(-1)).to.deep.equal({ op: "monitor", raw: true, overlay: "lab" });
  });

  it("ends with 2 and names what there is when there is no such container or overlay", async () => {
    const container = await overlaynet(["monitor", "-c", "blue"], well, { expected });
    expect(container).to.include({ status: 2, out: "" });
    expect(container.err).to.equal(
      "error: --container: stack test of shop has no container blue; it has green, pink, red\n",
    );
    const overlay = await overlaynet(["monitor", "-o", "shop"], [telling(well[0], 0, [])]);
    expect(overlay).to.include({ status: 2, err: "error: stack test of shop has no overlay shop\n" });
    const kind = await overlaynet(["monitor", "-k", "l4"], well);
    expect(kind.err).to.match(/expected l2, l3 or ipv6/);
    expect((await overlaynet(["monitor", "-n", "0"], well)).err).to.match(/expected a whole number, at least 1/);
  });

  it("ends with 3 when a host was lost, and after the time that it was given", async () => {
    const lost = new HostProblem("unreachable", "b (192.168.64.28): monitor: the session ended");
    const b: Said = telling(well[1], 0, []);
    const answers = {
      ...b.answers,
      monitor: (_ask: OperatorAsk, more: (part: unknown) => void): never => {
        more(following);
        throw lost;
      },
    };
    // It is tried again for ever, were it not for the time.
    const { status, out } = await overlaynet(["monitor", "--json", "--for", "0.5"], [{ ...b, answers }]);
    expect(documentsIn(out).map(({ event }) => event)).to.deep.equal(["following", "lost"]);
    expect(documentsIn(out)[1]?.what).to.equal(`lost: ${lost.message}`);
    expect(status).to.equal(3);
  });

  it("tells times in microseconds", () => {
    expect(isoTime(0.25)).to.equal("1970-01-01T00:00:00.000250Z");
    expect(isoTime(1_000_123.5)).to.equal("1970-01-01T00:16:40.123500Z");
  });

  it("hands on what comes too late for its place, and holds nothing back for a clock that is wrong", () => {
    const handed: number[] = [];
    const order = new InOrder<number>(60_000, (item) => handed.push(item));
    for (const time of [3, 1, 2, 1e15, 2]) order.add(time, time);
    expect(handed).to.deep.equal([]);
    order.flush();
    order.add(0, 0);
    order.flush();
    expect(handed).to.deep.equal([1, 2, 2, 3, 1e15, 0]);
  });
});
