import { mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requestSync, resolverStatus } from "@overlaynet/agent/resolver/client";
import { ControlServer } from "@overlaynet/agent/resolver/control";
import { Counters } from "@overlaynet/agent/resolver/counters";
import { Exposition } from "@overlaynet/agent/resolver/exposition";
import type { Listening } from "@overlaynet/agent/resolver/miss-stream";
import { Schedule } from "@overlaynet/agent/resolver/schedule";
import type { ResolverStatus } from "@overlaynet/agent/resolver/status";
import { Summary } from "@overlaynet/agent/resolver/summary";
import { expect } from "chai";
import { until } from "../../../hosts/poll.js";
import { config } from "../../core/resolver/samples.js";

const sync = { neighbours: 2, forwarding: 1, added: 0, changed: 0, removed: 0, failed: 0, failures: [], ignored: 0 };
const status = {
  config,
  sync,
  records: { arp: 3, fdb: 2 },
  complaints: ["one"],
  unknownAddresses: 4,
} as unknown as ResolverStatus;

describe("what a resolver tells people", () => {
  it("is the first of a kind at once, then how many there were, and nothing when there were none", () => {
    const lines: string[] = [];
    const summary = new Summary((line) => lines.push(line));
    for (const detail of ["a", "b", "c"]) summary.note("unknown", detail);
    expect(lines).to.deep.equal(["unknown: a"]);
    summary.flush();
    expect(lines).to.deep.equal(["unknown: a", "unknown: 2 more, the last: c"]);
    summary.flush();
    expect(summary.waiting).to.equal(false);
    summary.note("unknown", "d");
    expect(lines.at(-1)).to.equal("unknown: d");
  });
});

describe("a schedule", () => {
  it("calls once for all reasons that gathered, at the earliest time that was asked for", async () => {
    const calls: string[][] = [];
    const schedule = new Schedule<string>((reasons) => calls.push([...reasons]));
    schedule.want("late", 10_000);
    schedule.want("soon", 5);
    schedule.want("later", 20_000);
    await until("it was called", () => Promise.resolve(calls.length > 0), { within: 2000, every: 2 });
    expect(calls).to.deep.equal([["late", "soon", "later"]]);
    expect(schedule.take().size).to.equal(0);
  });

  it("does not call for reasons that were taken", async () => {
    const calls: string[] = [];
    const schedule = new Schedule<string>((reasons) => calls.push(...reasons));
    schedule.want("a", 1);
    expect([...schedule.take()]).to.deep.equal(["a"]);
    schedule.want("b", 5);
    await until("it was called", () => Promise.resolve(calls.length > 0), { within: 2000, every: 2 });
    expect(calls).to.deep.equal(["b"]);
  });
});

describe("a resolver's counts", () => {
  it("come in the Prometheus format", async () => {
    const counters = new Counters();
    counters.countMiss("l3", "answered");
    counters.countMiss("l3", "answered");
    counters.countMiss("l2", "unknown");
    counters.countSync("start");
    counters.repaired = 5;
    counters.latency.observe(60e-6, 2);
    counters.latency.observe(9, 1);
    const exposition = new Exposition(counters, () => status);
    const lines = (await exposition.render()).split("\n");
    const name = "overlaynet_resolver_";
    expect(lines).to.include.members([
      `# TYPE ${name}misses_total counter`,
      `${name}misses_total{layer="l3",outcome="answered",overlay="lab"} 2`,
      `${name}misses_total{layer="l2",outcome="unknown",overlay="lab"} 1`,
      `${name}syncs_total{cause="start",overlay="lab"} 1`,
      `${name}repaired_total{overlay="lab"} 5`,
      `${name}records{table="arp",overlay="lab"} 3`,
      `${name}entries{table="forwarding",overlay="lab"} 1`,
      `${name}unknown_addresses{overlay="lab"} 4`,
      `# TYPE ${name}answer_seconds histogram`,
      `${name}answer_seconds_bucket{le="0.00005",overlay="lab"} 0`,
      `${name}answer_seconds_bucket{le="0.0001",overlay="lab"} 2`,
      `${name}answer_seconds_bucket{le="+Inf",overlay="lab"} 3`,
      `${name}answer_seconds_count{overlay="lab"} 3`,
    ]);
    expect((await exposition.render()).split("\n")).to.deep.equal(lines);
  });
});

describe("the control socket", () => {
  let folder: string;
  let path: string;
  let servers: ControlServer[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "overlaynet-control-"));
    path = join(folder, "control.sock");
    servers = [];
  });

  afterEach(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  async function listen(syncNow: () => unknown = () => ({ ...sync, records: status.records })): Promise<void> {
    const metrics = (): Promise<{ contentType: string; text: string }> =>
      Promise.resolve({ contentType: "text/plain", text: "one 1\n" });
    const listen = (): Listening => ({ skipped: () => 0, close: () => undefined });
    servers.push(await ControlServer.listen(path, { sync: syncNow, status: () => status, metrics, listen }));
  }

  it("is its owner's alone, takes the place of a dead one, and answers", async () => {
    await listen();
    await listen();
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(await requestSync(path)).to.deep.equal({ running: true, report: { ...sync, records: status.records } });
    expect(await resolverStatus(path)).to.deep.equal({ running: true, status });
  });

  it("tells a client why a sync could not be done", async () => {
    await listen(() => {
      throw new Error("the moon is full");
    });
    expect(await requestSync(path).catch(String)).to.include("could not do it: the moon is full");
    expect(await resolverStatus(path)).to.include({ running: true });
  });

  it("says that nobody listens where there is no socket, or a dead one", async () => {
    const absent = await requestSync(path);
    expect(absent).to.include({ running: false }).and.to.have.property("reason").that.includes("ENOENT");
    const dead = createServer();
    await listening(dead, path);
    // Closed without its file's removal, as after kill -9.
    const kept = join(folder, "kept.sock");
    renameSync(path, kept);
    await new Promise((resolve) => dead.close(resolve));
    const refused = await requestSync(kept);
    expect(refused).to.include({ running: false }).and.to.have.property("reason").that.includes("ECONNREFUSED");
  });

  it("does not wait for ever for one that does not answer", async () => {
    // It reads, or a connection that came late would never be seen to end, and keep the whole run from ending.
    const mute = createServer((connection) => connection.resume());
    await listening(mute, path);
    try {
      expect(await requestSync(path, 50).catch(String))
        .to.include("did not answer")
        .and.to.include("within 50 ms");
    } finally {
      mute.close();
    }
  });

  function listening(server: Server, at: string): Promise<void> {
    return new Promise((resolve) => server.listen(at, resolve));
  }
});
