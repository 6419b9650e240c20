import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { bytesOfIp, bytesOfMac } from "@overlaynet/agent/entries/index";
import { AF, marshalNeighbour, type NeighbourMessage, NetlinkError, NUD, RTM } from "@overlaynet/agent/netlink/index";
import { ControlServer } from "@overlaynet/agent/resolver/control";
import { listenToMisses } from "@overlaynet/agent/resolver/miss-listener";
import { MissListeners } from "@overlaynet/agent/resolver/miss-listeners";
import type { MissLine } from "@overlaynet/agent/resolver/miss-stream";
import { MissWatch } from "@overlaynet/agent/resolver/miss-watch";
import type { Resolver } from "@overlaynet/agent/resolver/resolver";
import { ipToNumber, parseIp } from "@overlaynet/core/model/index";
import { Miss } from "@overlaynet/core/operator/index";
import { expect } from "chai";
import { until } from "../../../hosts/poll.js";
import { config, packed } from "../../core/resolver/samples.js";
import { errno } from "../entries/fault.js";
import { deviceIndex, missOf, placed } from "../entries/fake-kernel.js";
import { both, number, Source, World } from "./world.js";

const miss = { ...config, resolve: "miss" } as const;
const l3 = (ip: number = number.pink): ReturnType<typeof missOf> => missOf({ destination: bytesOfIp(ip) });
const l2 = (mac: number = number.pinkMac): ReturnType<typeof missOf> => missOf({ linkAddress: bytesOfMac(mac) });
const address = (text: string): number => ipToNumber(parseIp(text));

function ipv6(): ReturnType<typeof missOf> {
  const destination = Buffer.from("fe800000000000000000000000000001", "hex");
  const entry: NeighbourMessage = {
    family: AF.INET6,
    interfaceIndex: deviceIndex,
    state: NUD.STALE,
    flags: 0,
    type: 1,
    destination,
  };
  return placed({ type: RTM.GETNEIGH, payload: marshalNeighbour(entry) });
}

/** Bytes that somebody holds on to: garbage is collected first. */
function memoryKept(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed;
}

describe("misses that are told", () => {
  let world: World;
  let told: Miss[];

  beforeEach(() => {
    world = new World();
    told = [];
  });

  function watched(resolver: Resolver): MissWatch {
    const tell = (one: Miss): void => {
      told.push(Miss.parse(one));
    };
    const watch = new MissWatch({ device: "vxlan1", now: () => world.time, epoch: 1_000_000, tell });
    resolver.watch = watch;
    return watch;
  }

  /** What was told of, in short. */
  const short = (): string[] => told.map(({ layer, address, answer, from }) => `${layer} ${address} ${answer} ${from}`);

  it("say what was asked for, what was answered, from where, how often, and how long it took", () => {
    const resolver = world.start(miss);
    watched(resolver);
    world.time = 5;
    resolver.handle(l3());
    resolver.handle(l3());
    world.time = 5.25;
    resolver.answer(5);
    const [first] = told;
    expect(told).to.have.length(1);
    expect(first).to.deep.include({
      at: 1_000_005,
      layer: "l3",
      address: "7.7.7.3",
      device: "vxlan1",
      answer: "answered",
      from: "memory",
      mac: "02:42:07:07:07:03",
      vtep: "192.168.64.28",
      replied: true,
      times: 2,
      unexpected: false,
      microseconds: 250,
    });
    expect(first?.message).to.deep.include({ type: "RTM_GETNEIGH", family: "AF_INET", state: ["NUD_STALE"] });
    expect(first?.message?.attributes).to.deep.equal([{ name: "NDA_DST", value: "7.7.7.3" }]);
  });

  it("say so of an L2 miss, which no ARP reply answers", () => {
    const resolver = world.start(miss);
    watched(resolver);
    resolver.handle(l2());
    resolver.answer(0);
    expect(told[0]).to.include({ layer: "l2", address: "02:42:07:07:07:03", vtep: "192.168.64.28", replied: false });
    expect(told[0]).not.to.have.property("mac");
  });

  it("say why there is no answer, and where that was found", () => {
    const resolver = world.start(miss);
    watched(resolver);
    for (const ip of ["7.7.7.2", "7.7.7.1", "10.0.0.1", "7.7.7.99", "7.7.7.99"]) resolver.handle(l3(address(ip)));
    resolver.handle(ipv6());
    resolver.answer(0);
    resolver.handle(l3(address("7.7.7.99")));
    resolver.answer(0);
    expect(short()).to.deep.equal([
      "l3 7.7.7.2 local memory",
      "l3 7.7.7.1 gateway configuration",
      "l3 10.0.0.1 outside configuration",
      "l3 7.7.7.99 unknown file",
      "ipv6 fe80:0000:0000:0000:0000:0000:0000:0001 ipv6 configuration",
      "l3 7.7.7.99 unknown negative cache",
    ]);
  });

  it("say that a record's file was read for it", () => {
    const resolver = world.start(miss, new Source(packed({}), both));
    watched(resolver);
    resolver.handle(l3());
    resolver.answer(0);
    expect(short()).to.deep.equal(["l3 7.7.7.3 answered file"]);
    expect(told[0]?.vtep).to.equal("192.168.64.28");
  });

  it("say that an entry was pushed before, that the kernel refused it, and that no ARP reply went out", () => {
    const refused = new NetlinkError("sendto", errno.ENOBUFS);
    const resolver = world.start(config, new Source(both), {
      inject: (_frames, _count, tell) => {
        tell(0, refused);
      },
    });
    watched(resolver);
    world.kernel.refuse = 1;
    resolver.handle(l3());
    resolver.answer(0);
    expect(told[0]).to.include({ answer: "failed", unexpected: true, replied: false });
  });

  it("are a thousand a second at the most, and the others are counted", () => {
    const resolver = world.start(miss);
    const watch = watched(resolver);
    for (let last = 0; last < 1500; last += 1) resolver.handle(l3(address("7.7.0.0") + last));
    resolver.answer(0);
    expect(told).to.have.length(1000);
    expect(watch.skipped).to.equal(500);
  });

  it("are told to all who listen, and followed while somebody does", () => {
    const resolver = world.start(miss);
    const following: boolean[] = [];
    const listeners = new MissListeners("vxlan1", (watch) => {
      following.push(watch !== undefined);
      resolver.watch = watch;
    });
    const heard: string[] = [];
    const first = listeners.add(() => heard.push("first"));
    const second = listeners.add(() => heard.push("second"));
    resolver.handle(l3());
    resolver.answer(0);
    first.close();
    resolver.handle(l2());
    resolver.answer(0);
    second.close();
    resolver.handle(l3());
    resolver.answer(0);
    expect(heard).to.deep.equal(["first", "second", "second"]);
    expect(following).to.deep.equal([true, false]);
  });
});

describe("the control socket's misses", () => {
  let folder: string;
  let path: string;
  let server: ControlServer;
  /** Those who are told. */
  let listening: Set<(miss: Miss) => void>;
  let skipped: number;
  const one: Miss = {
    at: 0,
    layer: "l3",
    address: "7.7.7.3",
    device: "vxlan1",
    answer: "unknown",
    from: "file",
    replied: false,
    times: 1,
    unexpected: false,
    microseconds: 1,
    message: {
      type: "RTM_GETNEIGH",
      flags: 0,
      family: "AF_INET",
      ifindex: 2,
      state: [],
      entryFlags: [],
      entryType: 1,
      attributes: [],
    },
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "overlaynet-misses-"));
    path = join(folder, "control.sock");
    listening = new Set();
    skipped = 0;
    const unasked = (): never => {
      throw new Error("unasked");
    };
    server = await ControlServer.listen(path, {
      sync: unasked,
      status: unasked,
      metrics: unasked,
      listen: (tell) => {
        listening.add(tell);
        return { skipped: () => skipped, close: () => listening.delete(tell) };
      },
    });
  });

  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  function listen(raw: boolean): { ended: Promise<string>; heard: MissLine[]; abort: () => void } {
    const gone = new AbortController();
    const heard: MissLine[] = [];
    const ended = listenToMisses(path, {
      raw,
      signal: gone.signal,
      begun: () => undefined,
      lines: (lines) => heard.push(...lines),
    });
    return {
      ended,
      heard,
      abort: () => {
        gone.abort();
      },
    };
  }

  const within = { within: 10_000 };
  const somebodyListens = (count: number): Promise<unknown> =>
    until(`${count} listen`, () => Promise.resolve(listening.size === count), within);

  it("come as they happen, with the kernel's message for those who want it, and what was skipped", async () => {
    const [plain, raw] = [listen(false), listen(true)];
    await somebodyListens(2);
    for (const tell of listening) tell(one);
    skipped = 7;
    await until("both heard", () => Promise.resolve(plain.heard.length === 2 && raw.heard.length === 2), within);
    const { message, ...rest } = one;
    expect(message).not.to.equal(undefined);
    expect(plain.heard).to.deep.equal([{ miss: rest }, { skipped: 7 }]);
    expect(raw.heard).to.deep.equal([{ miss: one }, { skipped: 7 }]);
    plain.abort();
    await somebodyListens(1);
    raw.abort();
    await somebodyListens(0);
    await Promise.all([plain.ended, raw.ended]);
  });

  it("end with the resolver, which waits for nobody who listens", async () => {
    const { ended } = listen(false);
    await somebodyListens(1);
    server.close();
    expect(await ended).to.match(/aborted|ended|socket hang up/);
    await somebodyListens(0);
  });

  it("are skipped for one who reads too slowly, and no memory is taken for them", async () => {
    const { createConnection } = await import("node:net");
    const slow = createConnection(path);
    slow.pause();
    slow.write("GET /misses?raw HTTP/1.1\r\nhost: x\r\n\r\n");
    await somebodyListens(1);
    const before = memoryKept();
    for (let times = 0; times < 200_000; times += 1) for (const tell of listening) tell(one);
    // All of them would be a hundred.
    expect(memoryKept() - before).to.be.below(16 * 1024 * 1024);
    slow.destroy();
    await somebodyListens(0);
  });
});
