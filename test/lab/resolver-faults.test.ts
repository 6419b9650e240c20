import { execFileSync } from "node:child_process";
import { join } from "node:path";
import {
  AF,
  marshalLink,
  type MessagePlace,
  NetlinkError,
  RouteSocket,
  RTM,
  unmarshalLink,
} from "@overlaynet/agent/netlink/index";
import { inNamespace } from "@overlaynet/agent/netlink/namespace";
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { run } from "../hosts/command.js";
import { until } from "../hosts/poll.js";
import type { ScanOptions } from "../sites/scan.js";
import { forwarding, green, neighbour, pink, red, Scene } from "../sites/scene.js";

/** How long the resolver is stopped, in seconds: enough to lose notices. OVERLAYNET_STOP=60 for the minute. */
const stopFor = Number(process.env["OVERLAYNET_STOP"] ?? 3);
const kills = Number(process.env["OVERLAYNET_KILLS"] ?? 100);

describe("the resolver and faults around it", function () {
  this.timeout(240_000);
  let scene: Scene;

  afterEach(() => scene.remove());

  const pinkIsThere = (tables: string): boolean =>
    tables.includes(neighbour(pink)) && tables.includes(forwarding(pink, scene.b.config.local));

  /** A ping without end, with `stop` for its end. */
  function flow(interval: number): { stop: () => Promise<number[]> } {
    const process = scene.a.exec(scene.a.container(red), ["ping", "-n", "-i", `${interval}`, pink], { reject: false });
    return {
      stop: async () => {
        process.kill("SIGINT");
        return [...(await process).stdout.matchAll(/icmp_seq=(\d+) .*time=/g)].map((match) => Number(match[1]));
      },
    };
  }

  const withoutGap = (sequence: readonly number[]): number[] =>
    sequence.filter((number, index) => number !== index + 1);

  it(`loses no packet of an established flow when it is killed and started ${kills} times`, async () => {
    scene = await Scene.build({ resolve: "push" });
    await scene.startBoth();
    const { stop } = flow(0.01);
    const seed = Date.now() % 2 ** 16;
    const start = performance.now();
    for (let round = 0; round < kills; round += 1) {
      await scene.a.stopResolver("SIGKILL");
      if (round % 4 === 0) {
        await scene.a.startResolver();
        continue;
      }
      // Killed while it starts: at another moment each time, before, in and after its first comparison.
      scene.a.launchResolver();
      const moment = performance.now() + ((round * 37 + seed) % 250);
      await until("its moment has come", () => Promise.resolve(performance.now() >= moment), {
        within: 5000,
        every: 5,
      });
    }
    await scene.a.stopResolver("SIGKILL");
    await scene.a.startResolver();
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const answered = await stop();
    process.stdout.write(`        ${kills} kills in ${seconds} s (seed ${seed}), ${answered.length} packets\n`);
    expect(answered.length).to.be.above(kills);
    expect(withoutGap(answered)).to.deep.equal([]);
    expect(await scene.a.sync()).to.include({ added: 0, changed: 0, removed: 0, failed: 0 });
  });

  it(`is stopped for ${stopFor} s and loses notices meanwhile: known peers keep talking, and then all is mended`, async () => {
    scene = await Scene.build({ resolve: "push" });
    await scene.startBoth();
    const { stop } = flow(0.02);
    scene.a.signal("SIGSTOP");
    const end = performance.now() + stopFor * 1000;
    await scene.a.overflowNotices();
    await until("its time is over", () => Promise.resolve(performance.now() >= end), { within: stopFor * 1000 + 5000 });
    const answered = await stop();
    expect(withoutGap(answered)).to.deep.equal([]);
    await scene.a.ip(scene.a.overlay, [`neigh del ${pink} dev vxlan1`]);
    scene.a.signal("SIGCONT");
    await scene.tablesOfA("the entry whose deletion went unheard is back", pinkIsThere);
    const { overruns, syncs } = await scene.a.status();
    expect(overruns).to.be.at.least(1);
    expect(syncs["overrun"]).to.be.at.least(1);
    // Lost notices end libuv's polling: the resolver was deaf from then on, but for what it heard while it compared.
    for (let round = 1; round <= 2; round += 1) {
      await scene.a.ip(scene.a.overlay, [`neigh del ${pink} dev vxlan1`]);
      await scene.tablesOfA(`an entry that is deleted afterwards is back, time ${round}`, pinkIsThere);
    }
    expect((await scene.a.status()).syncs["drift"]).to.be.at.least(2);
    process.stdout.write(
      `        stopped for ${stopFor} s, ${answered.length} packets meanwhile, ${overruns} overruns\n`,
    );
  });

  it("ends when its device was replaced and the notice of it was lost, and serves the new one when started again", async () => {
    scene = await Scene.build({ resolve: "push" });
    await scene.a.startResolver();
    scene.a.signal("SIGSTOP");
    await scene.a.overflowNotices();
    await scene.a.ip(scene.a.overlay, ["link del vxlan1"]);
    const { local, vni } = scene.a.config;
    const tunnel = `type vxlan id ${vni} dstport 4789 local ${local} nolearning proxy l2miss l3miss`;
    await scene.a.ip(scene.a.host, [`link add vxlan1 netns ${scene.a.overlay} ${tunnel}`]);
    await scene.a.ip(scene.a.overlay, ["link set vxlan1 mtu 1450 master br0 up"]);
    scene.a.signal("SIGCONT");
    expect(await scene.a.ended()).to.equal(1);
    expect(scene.a.log).to.match(/vxlan1 (is gone|was replaced by another device of its name)/);
    await scene.a.startResolver();
    expect(pinkIsThere(await scene.a.tables())).to.equal(true);
  });

  it("survives its device's going down and up, again and again", async () => {
    scene = await Scene.build({ resolve: "push" });
    await scene.startBoth();
    for (let round = 0; round < 20; round += 1)
      await scene.a.ip(scene.a.overlay, ["link set vxlan1 down", "link set vxlan1 up"]);
    await scene.tablesOfA("the tables are filled again", pinkIsThere);
    expect((await scene.ping(red, pink, 3)).received).to.equal(3);
  });

  describe("floods", () => {
    const start = (options: ScanOptions): ReturnType<typeof run> =>
      scene.a.exec(scene.a.container(green), [
        "node",
        join(__dirname, "..", "sites", "scan.js"),
        JSON.stringify(options),
      ]);

    /** First contacts of red with pink, of which nothing is known on host a, while something else goes on. */
    async function contactsDuring(attacking: Promise<unknown>): Promise<number[]> {
      const attack = { over: false };
      void attacking.finally(() => (attack.over = true));
      const times: number[] = [];
      let late = 0;
      while (!attack.over) {
        await run(["ip", "-n", scene.a.overlay, "neigh", "del", pink, "dev", "vxlan1"], { reject: false });
        await run(["bridge", "-n", scene.a.overlay, "fdb", "del", macOfIp(pink), "dev", "vxlan1", "self"], {
          reject: false,
        });
        await run(["ip", "-n", scene.a.container(red), "neigh", "flush", "all"]);
        const { times: measured } = await scene.ping(red, pink);
        // What the machine itself drops in a flood (net.core.netdev_max_backlog) comes back with ARP's next request.
        if (measured.length === 0) late += 1;
        if (measured.length === 0) expect((await scene.ping(red, pink, 50)).received, scene.a.log).to.be.above(0);
        times.push(...measured);
      }
      await attacking;
      expect(late, `of ${times.length + late} contacts were not answered at once`).to.be.at.most(2 + times.length / 4);
      return times;
    }

    beforeEach(async () => {
      scene = await Scene.build({ resolve: "miss" });
      await scene.startBoth();
      await scene.ping(red, pink);
    });

    it("of a scan of the whole /16 neither grow its memory nor keep known peers from being answered", async () => {
      const before = scene.a.memory();
      const attacking = start({ kind: "arp", count: 2 * 65_536, rate: 20_000 });
      const times = await contactsDuring(attacking);
      const status = await scene.a.status();
      const grown = scene.a.memory("VmHWM") - before;
      const sorted = times.sort((one, other) => one - other);
      process.stdout.write(
        `        ${(await attacking).stdout}; first contacts meanwhile: ${times.length}, median ${sorted[times.length >> 1]} ms, ` +
          `slowest ${sorted.at(-1)} ms; memory ${before} + ${grown} KiB; overruns ${status.overruns}; ${JSON.stringify(status.misses)}\n`,
      );
      expect(times.length).to.be.at.least(3);
      expect(status.misses["l3 limited"]).to.be.above(1000);
      expect(status.unknownAddresses).to.be.at.most(4096);
      expect(grown).to.be.below(64 * 1024);
      expect(scene.a.log.split("\n").length).to.be.below(40);
    });

    it("of frames to MACs that nobody has do not keep known peers from being answered", async () => {
      const times = await contactsDuring(start({ kind: "unicast", count: 60_000, rate: 20_000 }));
      expect(times.length).to.be.at.least(3);
      const { misses } = await scene.a.status();
      expect(misses["l2 limited"], JSON.stringify(misses)).to.be.above(1000);
    });

    it("of claims to another's address and MAC change no entry of the resolver's", async () => {
      const before = await scene.a.tables();
      const ip = pink.split(".").map(Number);
      await start({ kind: "claim", count: 2000, rate: 4000, claim: { ip } });
      await start({ kind: "arp", count: 2000, rate: 4000, claim: { ip, mac: macOfIp(pink) } });
      expect(await scene.a.tables()).to.equal(before);
      const fresh = await scene.ping(green, pink, 3);
      expect(fresh.received).to.equal(3);
    });
  });

  it("reads a table again that changed while it was dumped, and says so when it never holds still", async () => {
    scene = await Scene.build({ resolve: "push" });
    const { host } = scene.a;
    const path = `/run/netns/${host}`;
    // Enough links that they do not fit into one datagram: the kernel makes the next one when it is asked for.
    await scene.a.ip(
      host,
      Array.from({ length: 200 }, (_, index) => `link add many${index} type bridge`),
    );
    const reader = inNamespace(path, () => new RouteSocket());
    const change = (name: string): void => {
      execFileSync("ip", ["-n", host, "link", "add", name, "type", "bridge"]);
    };
    const request = {
      type: RTM.GETLINK,
      flags: 0,
      payload: marshalLink({ family: AF.UNSPEC, type: 0, interfaceIndex: 0, flags: 0 }),
    };
    const nameIn = ({ bytes, start: from, end }: MessagePlace): string | undefined =>
      unmarshalLink(bytes.subarray(from, end))?.name;
    try {
      let dumps = 0;
      let names: (string | undefined)[] = [];
      reader.dump(request, {
        begin: () => {
          names = [];
          dumps += 1;
        },
        read: (message) => {
          names.push(nameIn(message));
          if (dumps === 1 && names.length === 1) change("late");
        },
      });
      expect(dumps).to.equal(2);
      expect(names.filter((name) => name === "late")).to.have.length(1);
      expect(new Set(names).size).to.equal(names.length);
      let changes = 0;
      let fresh = true;
      const restless = (): void => {
        reader.dump(request, {
          begin: () => (fresh = true),
          read: () => {
            if (fresh) change(`never${(changes += 1)}`);
            fresh = false;
          },
        });
      };
      expect(restless).to.throw(NetlinkError, /dump interrupted 8 times by changes/);
    } finally {
      reader.close();
    }
  });
});
