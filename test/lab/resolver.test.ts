import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entriesDrift, syncEntries } from "@overlaynet/agent/entries/index";
import { readRecords } from "@overlaynet/agent/records/index";
import { requestSync } from "@overlaynet/agent/resolver/index";
import { type Ip, macOfIp, parseIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { median, ping } from "../checks/ping.js";
import { run } from "../hosts/command.js";
import { until } from "../hosts/poll.js";
import type { Site, SiteOptions } from "../sites/site.js";
import { TwoSites } from "../sites/two-sites.js";

const red = parseIp("7.7.0.2");
const green = parseIp("7.7.0.4");
const pink = parseIp("7.7.0.3");
const nobody = parseIp("7.7.0.99");
const elsewhere = parseIp("192.168.64.50");

/** What a person or a program not ours may have put into the tables. */
const foreign = { ip: parseIp("7.7.9.9"), mac: "02:99:00:00:00:09", vtep: "192.168.64.99" };

describe("the resolver on a real kernel", function () {
  this.timeout(90_000);
  let sites: TwoSites;

  /** red and green on a, pink on b, as records on both. */
  async function build(options: SiteOptions): Promise<void> {
    sites = await TwoSites.build(options);
    await sites.a.addContainers([red, green]);
    await sites.b.addContainers([pink]);
    sites.record(placed());
  }

  function placed(): Map<Ip, Site> {
    return new Map([
      [red, sites.a],
      [green, sites.a],
      [pink, sites.b],
    ]);
  }

  async function startBoth(): Promise<void> {
    await sites.a.startResolver();
    await sites.b.startResolver();
  }

  function pingFrom(site: Site, from: Ip, to: Ip, count = 1): ReturnType<typeof ping> {
    return ping((argv, options) => site.exec(site.container(from), argv, options), to, { count, interval: 0.02 });
  }

  /** Waits until the tables of site a are as told. */
  async function tablesOfA(what: string, holds: (tables: string) => boolean, within = 1000): Promise<void> {
    const evidence = async (): Promise<string> => `${await sites.a.tables()}${sites.a.log}`;
    await until(what, async () => holds(await sites.a.tables()), { within, every: 10 }, evidence);
  }

  const neighbour = (ip: Ip): string => `${ip} lladdr ${macOfIp(ip)} PERMANENT proto 111`;
  const forwarding = (ip: Ip, vtep: Ip): string => `${macOfIp(ip)} dst ${vtep} self extern_learn permanent`;

  afterEach(async () => {
    await sites.remove();
    expect(readdirSync("/run/netns").filter((name) => name.startsWith("sites"))).to.deep.equal([]);
  });

  describe('with resolve: "push"', () => {
    beforeEach(() => build({ resolve: "push" }));

    it("holds what the records say before anybody asks, and nothing of its own containers", async () => {
      await startBoth();
      const tables = await sites.a.tables();
      expect(tables).to.include(neighbour(pink)).and.to.include(forwarding(pink, sites.b.config.local));
      for (const ip of [red, green]) expect(tables).not.to.include(macOfIp(ip));
      expect(await pingFrom(sites.a, red, pink, 5)).to.include({ sent: 5, received: 5 });
      expect(await pingFrom(sites.a, red, green, 5)).to.include({ sent: 5, received: 5 });
      const status = await sites.a.status();
      expect(status.unexpectedMisses).to.equal(0);
      expect(status.records).to.deep.equal({ arp: 3, fdb: 3 });
    });

    it("puts back an entry that was deleted or changed by hand, within a second", async () => {
      await sites.a.startResolver();
      await sites.a.ip(sites.a.overlay, [`neigh del ${pink} dev vxlan1`]);
      await tablesOfA("the deleted neighbour is back", (tables) => tables.includes(neighbour(pink)));
      await run(["bridge", "-n", sites.a.overlay, "fdb", "del", macOfIp(pink), "dev", "vxlan1", "self"]);
      await tablesOfA("the deleted forwarding entry is back", (tables) =>
        tables.includes(forwarding(pink, sites.b.config.local)),
      );
      await sites.a.ip(sites.a.overlay, [`neigh replace ${pink} lladdr 02:11:22:33:44:55 nud permanent dev vxlan1`]);
      await tablesOfA("the changed neighbour is right again", (tables) => tables.includes(neighbour(pink)));
      expect((await sites.a.status()).repaired).to.be.at.least(3);
      expect(sites.a.log).to.include("entries mended (drift)");
    });

    it("honours a record written with echo, and forgets it when its file goes", async () => {
      await sites.a.startResolver();
      const mac = macOfIp(nobody);
      const { storage } = sites.a.config;
      await run(["sh", "-c", `echo ${mac} > ${storage}/arp/${nobody}; echo ${elsewhere} > ${storage}/fdb/${mac}`]);
      await tablesOfA(
        "the record is in the kernel",
        (tables) => tables.includes(neighbour(nobody)) && tables.includes(forwarding(nobody, elsewhere)),
      );
      await run(["sh", "-c", `echo ${sites.b.config.local} > ${storage}/fdb/${mac}`]);
      await tablesOfA("the entry follows its record", (tables) =>
        tables.includes(forwarding(nobody, sites.b.config.local)),
      );
      rmSync(join(storage, "arp", nobody));
      rmSync(join(storage, "fdb", mac));
      await tablesOfA("the record's entries are gone", (tables) => !tables.includes(mac));
    });

    it("keeps the last good records while their folder is missing or nonsense", async () => {
      await sites.a.startResolver();
      const folder = join(sites.a.config.storage, "arp");
      renameSync(folder, `${folder}.away`);
      expect(await sites.a.sync()).to.include({ neighbours: 1, removed: 0 });
      expect((await sites.a.status()).complaints.join()).to.include(folder);
      renameSync(`${folder}.away`, folder);
      writeFileSync(join(folder, pink), "not a MAC\n");
      expect(await sites.a.sync()).to.include({ neighbours: 1, removed: 0 });
      expect((await sites.a.status()).complaints.join()).to.include(`${pink}: expected a unicast MAC address`);
      expect(sites.a.log).to.include("record ignored");
    });

    it("leaves alone what others put into the tables", async () => {
      await sites.a.ip(sites.a.overlay, [`neigh add ${foreign.ip} lladdr ${foreign.mac} nud permanent dev vxlan1`]);
      const entry = ["fdb", "add", foreign.mac, "dev", "vxlan1", "self", "dst", foreign.vtep];
      await run(["bridge", "-n", sites.a.overlay, ...entry]);
      await sites.a.startResolver();
      await sites.a.sync();
      await sites.a.stopResolver();
      const tables = await sites.a.tables();
      expect(tables).to.include(`${foreign.ip} lladdr ${foreign.mac} PERMANENT`);
      expect(tables).to.include(`${foreign.mac} dst ${foreign.vtep} self permanent`);
    });

    it("loses no packet of an established flow when it is killed and started again", async () => {
      await startBoth();
      expect(await pingFrom(sites.a, red, pink)).to.include({ received: 1 });
      const flow = pingFrom(sites.a, red, pink, 250);
      for (let round = 0; round < 3; round += 1) {
        await sites.a.stopResolver("SIGKILL");
        await sites.b.stopResolver("SIGKILL");
        await startBoth();
      }
      const { sent, received } = await flow;
      expect(received).to.equal(sent);
    });

    it("compares everything anew when the kernel dropped notices", async () => {
      await sites.a.startResolver();
      sites.a.signal("SIGSTOP");
      // Each is a notice in the buffer of the stopped process, which 8 MiB of them fill.
      const entries = Array.from(
        { length: 50_000 },
        (_, index) => `7.${8 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
      );
      await sites.a.ip(sites.a.overlay, [
        ...entries.map((ip) => `neigh add ${ip} lladdr 02:99:00:00:00:01 nud permanent dev br0`),
        `neigh del ${pink} dev vxlan1`,
      ]);
      sites.a.signal("SIGCONT");
      await tablesOfA("the entry whose deletion went unheard is back", (tables) => tables.includes(neighbour(pink)));
      const status = await sites.a.status();
      expect(status.overruns).to.be.at.least(1);
      expect(status.syncs["overrun"]).to.be.at.least(1);
    });

    it("fills the tables again after the device was down", async () => {
      await sites.a.startResolver();
      await sites.a.ip(sites.a.overlay, [`link set vxlan1 down`, `link set vxlan1 up`]);
      await until("the device's coming up was seen", async () => ((await sites.a.status()).syncs["link"] ?? 0) > 0, {
        within: 1000,
      });
      expect(await sites.a.tables())
        .to.include(neighbour(pink))
        .and.to.include(forwarding(pink, sites.b.config.local));
    });

    it("ends with a sentence when its device, or the name of its namespace, goes", async () => {
      await sites.a.startResolver();
      await sites.b.startResolver();
      await sites.a.ip(sites.a.overlay, ["link del vxlan1"]);
      expect(await sites.a.ended()).to.equal(1);
      expect(sites.a.log).to.include("vxlan1 is gone");
      expect(await requestSync(sites.a.socketPath)).to.include({ running: false });
      await run(["ip", "netns", "del", sites.b.overlay]);
      expect(await sites.b.ended()).to.equal(1);
      expect(sites.b.log).to.include(`the namespace ${sites.b.namespacePath} is gone`);
    });

    it("is not started where there is no device", async () => {
      await sites.a.ip(sites.a.overlay, ["link del vxlan1"]);
      const failure = await sites.a.startResolver().catch(String);
      expect(failure).to.include("the overlay's namespace has no device vxlan1");
    });

    it("takes a changed configuration on request, and refuses one of another device", async () => {
      await sites.a.startResolver();
      const { config, configPath } = sites.a;
      writeFileSync(configPath, JSON.stringify({ ...config, local: sites.b.config.local }));
      await sites.a.sync();
      const tables = await sites.a.tables();
      expect(tables).to.include(neighbour(red));
      expect(tables).not.to.include(macOfIp(pink));
      writeFileSync(configPath, JSON.stringify({ ...config, device: "vxlan9" }));
      const refusal = await requestSync(sites.a.socketPath).catch(String);
      expect(refusal).to.include("device is vxlan9 now and was vxlan1");
      expect(await sites.a.ended()).to.equal(1);
    });

    it("gives its counts in the Prometheus format", async () => {
      await sites.a.startResolver();
      const { stdout } = await run([
        "curl",
        "--silent",
        "--unix-socket",
        sites.a.socketPath,
        "http://resolver/metrics",
      ]);
      expect(stdout).to.include('overlaynet_resolver_syncs_total{cause="start",overlay="lab"} 1');
      expect(stdout).to.include('overlaynet_resolver_answer_seconds_bucket{le="+Inf",overlay="lab"} 0');
      expect(stdout).to.include('overlaynet_resolver_entries{table="neighbour",overlay="lab"} 1');
    });

    it("leaves the session to do the same without a resolver", async () => {
      const target = {
        namespacePath: sites.a.namespacePath,
        config: sites.a.config,
        records: readRecords(sites.a.config.storage).records,
      };
      const drift = entriesDrift(target);
      expect(drift).to.have.length(2);
      expect(drift.join()).to.include(`vxlan1 neighbour ${pink} missing, want ${macOfIp(pink)}`);
      expect(syncEntries(target)).to.include({ added: 2, failed: 0 });
      expect(entriesDrift(target)).to.deep.equal([]);
      expect(syncEntries(target)).to.include({ added: 0, changed: 0, removed: 0, neighbours: 1, forwarding: 1 });
      expect(await sites.a.tables())
        .to.include(neighbour(pink))
        .and.to.include(forwarding(pink, sites.b.config.local));
    });
  });

  describe('with resolve: "miss"', () => {
    beforeEach(() => build({ resolve: "miss" }));

    it("programs what is asked for, and the first ping is not lost", async () => {
      await startBoth();
      expect(await sites.a.tables()).not.to.include(macOfIp(pink));
      const { received, times } = await pingFrom(sites.a, red, pink, 3);
      expect(received).to.equal(3);
      process.stdout.write(`        first ping ${times[0] ?? NaN} ms, then ${median(times.slice(1))} ms\n`);
      const tables = await sites.a.tables();
      expect(tables).to.include(neighbour(pink)).and.to.include(forwarding(pink, sites.b.config.local));
      expect((await sites.a.status()).misses["l3 answered"]).to.equal(1);
      expect((await sites.b.status()).misses["l3 answered"]).to.equal(1);
    });

    it("answers nothing for local, unknown, outside and the gateway's addresses", async () => {
      await startBoth();
      expect(await pingFrom(sites.a, red, green, 3)).to.include({ received: 3 });
      expect(await pingFrom(sites.a, red, nobody)).to.include({ received: 0 });
      const status = await sites.a.status();
      expect(status.misses["l3 unknown"]).to.be.at.least(1);
      expect(status.misses["l3 local"]).to.be.at.least(1);
      expect(status.misses["l3 answered"]).to.equal(undefined);
      expect(await sites.a.tables()).not.to.match(/PERMANENT|extern_learn/);
      expect(sites.a.log).to.include(`misses for unknown addresses: ${nobody}`);
    });

    it("follows records of entries that were asked for, and asks the files before it says unknown", async () => {
      await startBoth();
      await pingFrom(sites.a, red, pink);
      rmSync(join(sites.a.config.storage, "arp", pink));
      rmSync(join(sites.a.config.storage, "fdb", macOfIp(pink)));
      await tablesOfA("the entries went with their records", (tables) => !tables.includes(macOfIp(pink)));
      sites.record(placed());
      await run(["ip", "-n", sites.a.container(red), "neigh", "flush", "all"]);
      expect(await pingFrom(sites.a, red, pink)).to.include({ received: 1 });
    });

    it("answers an L2 miss when the forwarding entry alone is gone", async () => {
      await startBoth();
      await pingFrom(sites.a, red, pink, 2);
      await run(["bridge", "-n", sites.a.overlay, "fdb", "del", macOfIp(pink), "dev", "vxlan1", "self"]);
      const { received } = await pingFrom(sites.a, red, pink, 10);
      // The kernel drops the packet that raised the miss.
      expect(received).to.be.at.least(9);
      expect((await sites.a.status()).misses["l2 answered"]).to.be.at.least(1);
    });
  });

  describe("with learning", () => {
    beforeEach(() => build({ learning: true }));

    it("pushes neighbours, and forwarding entries come when needed and may age", async () => {
      await startBoth();
      const before = await sites.a.tables();
      expect(before).to.include(neighbour(pink));
      expect(before).not.to.include(` dst ${sites.b.config.local}`);
      expect((await pingFrom(sites.a, red, pink, 10)).received).to.be.at.least(8);
      const after = await sites.a.tables();
      expect(after).to.match(new RegExp(`${macOfIp(pink)} dst ${sites.b.config.local} self *\\n`));
      expect((await sites.a.status()).unexpectedMisses).to.equal(0);
    });
  });
});
