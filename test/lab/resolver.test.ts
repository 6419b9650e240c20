import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entriesDrift, syncEntries } from "@overlaynet/agent/entries/index";
import { readRecords } from "@overlaynet/agent/records/index";
import { requestSync } from "@overlaynet/agent/resolver/index";
import { macOfIp, parseIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { run } from "../hosts/command.js";
import { until } from "../hosts/poll.js";
import { forwarding, green, neighbour, nobody, pink, red, Scene } from "../sites/scene.js";

const elsewhere = parseIp("192.168.64.50");

/** What a person or a program not ours may have put into the tables. */
const foreign = { ip: parseIp("7.7.9.9"), mac: "02:99:00:00:00:09", vtep: "192.168.64.99" };

describe("the resolver on a real kernel", function () {
  this.timeout(90_000);
  let scene: Scene;

  afterEach(() => scene.remove());

  describe('with resolve: "push"', () => {
    beforeEach(async () => {
      scene = await Scene.build({ resolve: "push" });
    });

    it("holds what the records say before anybody asks, and nothing of its own containers", async () => {
      await scene.startBoth();
      const tables = await scene.a.tables();
      expect(tables).to.include(neighbour(pink)).and.to.include(forwarding(pink, scene.b.config.local));
      for (const ip of [red, green]) expect(tables).not.to.include(macOfIp(ip));
      expect(await scene.ping(red, pink, 5)).to.include({ sent: 5, received: 5 });
      expect(await scene.ping(red, green, 5)).to.include({ sent: 5, received: 5 });
      const status = await scene.a.status();
      expect(status.unexpectedMisses).to.equal(0);
      expect(status.records).to.deep.equal({ arp: 3, fdb: 3 });
    });

    it("puts back an entry that was deleted or changed by hand, without waiting for an interval", async () => {
      await scene.a.startResolver();
      await scene.a.ip(scene.a.overlay, [`neigh del ${pink} dev vxlan1`]);
      await scene.tablesOfA("the deleted neighbour is back", (tables) => tables.includes(neighbour(pink)));
      await run(["bridge", "-n", scene.a.overlay, "fdb", "del", macOfIp(pink), "dev", "vxlan1", "self"]);
      await scene.tablesOfA("the deleted forwarding entry is back", (tables) =>
        tables.includes(forwarding(pink, scene.b.config.local)),
      );
      await scene.a.ip(scene.a.overlay, [`neigh replace ${pink} lladdr 02:11:22:33:44:55 nud permanent dev vxlan1`]);
      await scene.tablesOfA("the changed neighbour is right again", (tables) => tables.includes(neighbour(pink)));
      expect((await scene.a.status()).repaired).to.be.at.least(3);
      expect(scene.a.log).to.include("entries mended (drift)");
    });

    it("honours a record written with echo, and forgets it when its file goes", async () => {
      await scene.a.startResolver();
      const mac = macOfIp(nobody);
      const { storage } = scene.a.config;
      await run(["sh", "-c", `echo ${mac} > ${storage}/arp/${nobody}; echo ${elsewhere} > ${storage}/fdb/${mac}`]);
      await scene.tablesOfA(
        "the record is in the kernel",
        (tables) => tables.includes(neighbour(nobody)) && tables.includes(forwarding(nobody, elsewhere)),
      );
      await run(["sh", "-c", `echo ${scene.b.config.local} > ${storage}/fdb/${mac}`]);
      await scene.tablesOfA("the entry follows its record", (tables) =>
        tables.includes(forwarding(nobody, scene.b.config.local)),
      );
      rmSync(join(storage, "arp", nobody));
      rmSync(join(storage, "fdb", mac));
      await scene.tablesOfA("the record's entries are gone", (tables) => !tables.includes(mac));
    });

    it("leaves alone what others put into the tables", async () => {
      await scene.a.ip(scene.a.overlay, [`neigh add ${foreign.ip} lladdr ${foreign.mac} nud permanent dev vxlan1`]);
      const entry = ["fdb", "add", foreign.mac, "dev", "vxlan1", "self", "dst", foreign.vtep];
      await run(["bridge", "-n", scene.a.overlay, ...entry]);
      await scene.a.startResolver();
      await scene.a.sync();
      await scene.a.stopResolver();
      const tables = await scene.a.tables();
      expect(tables).to.include(`${foreign.ip} lladdr ${foreign.mac} PERMANENT`);
      expect(tables).to.include(`${foreign.mac} dst ${foreign.vtep} self permanent`);
    });

    it("loses no packet of an established flow when it is killed and started again", async () => {
      await scene.startBoth();
      expect(await scene.ping(red, pink)).to.include({ received: 1 });
      const flow = scene.ping(red, pink, 250);
      for (let round = 0; round < 3; round += 1) {
        await scene.a.stopResolver("SIGKILL");
        await scene.b.stopResolver("SIGKILL");
        await scene.startBoth();
      }
      const { sent, received } = await flow;
      expect(received).to.equal(sent);
    });

    it("fills the tables again after the device was down", async () => {
      await scene.a.startResolver();
      await scene.a.ip(scene.a.overlay, [`link set vxlan1 down`, `link set vxlan1 up`]);
      await until("the device's coming up was seen", async () => ((await scene.a.status()).syncs["link"] ?? 0) > 0, {
        within: 10_000,
      });
      expect(await scene.a.tables())
        .to.include(neighbour(pink))
        .and.to.include(forwarding(pink, scene.b.config.local));
    });

    it("ends with a sentence when its device, or the name of its namespace, goes", async () => {
      await scene.a.startResolver();
      await scene.b.startResolver();
      await scene.a.ip(scene.a.overlay, ["link del vxlan1"]);
      expect(await scene.a.ended()).to.equal(1);
      expect(scene.a.log).to.include("vxlan1 is gone");
      expect(await requestSync(scene.a.socketPath)).to.include({ running: false });
      await run(["ip", "netns", "del", scene.b.overlay]);
      expect(await scene.b.ended()).to.equal(1);
      expect(scene.b.log).to.include(`the namespace ${scene.b.namespacePath} is gone`);
    });

    it("is not started where there is no device", async () => {
      await scene.a.ip(scene.a.overlay, ["link del vxlan1"]);
      const failure = await scene.a.startResolver().catch(String);
      expect(failure).to.include("the overlay's namespace has no device vxlan1");
    });

    it("takes a changed configuration on request, and refuses one of another device", async () => {
      await scene.a.startResolver();
      const { config, configPath } = scene.a;
      writeFileSync(configPath, JSON.stringify({ ...config, local: scene.b.config.local }));
      await scene.a.sync();
      const tables = await scene.a.tables();
      expect(tables).to.include(neighbour(red));
      expect(tables).not.to.include(macOfIp(pink));
      writeFileSync(configPath, JSON.stringify({ ...config, device: "vxlan9" }));
      const refusal = await requestSync(scene.a.socketPath).catch(String);
      expect(refusal).to.include("device is vxlan9 now and was vxlan1");
      expect(await scene.a.ended()).to.equal(1);
    });

    it("gives its counts in the Prometheus format", async () => {
      await scene.a.startResolver();
      const { stdout } = await run([
        "curl",
        "--silent",
        "--unix-socket",
        scene.a.socketPath,
        "http://resolver/metrics",
      ]);
      expect(stdout).to.include('overlaynet_resolver_syncs_total{cause="start",overlay="lab"} 1');
      expect(stdout).to.include('overlaynet_resolver_answer_seconds_bucket{le="+Inf",overlay="lab"} 0');
      expect(stdout).to.include('overlaynet_resolver_entries{table="neighbour",overlay="lab"} 1');
    });

    it("leaves the session to do the same without a resolver", async () => {
      const target = {
        namespacePath: scene.a.namespacePath,
        config: scene.a.config,
        records: readRecords(scene.a.config.storage).records,
      };
      const drift = entriesDrift(target);
      expect(drift).to.have.length(2);
      expect(drift.join()).to.include(`vxlan1 neighbour ${pink} missing, want ${macOfIp(pink)}`);
      expect(syncEntries(target)).to.include({ added: 2, failed: 0 });
      expect(entriesDrift(target)).to.deep.equal([]);
      expect(syncEntries(target)).to.include({ added: 0, changed: 0, removed: 0, neighbours: 1, forwarding: 1 });
      expect(await scene.a.tables())
        .to.include(neighbour(pink))
        .and.to.include(forwarding(pink, scene.b.config.local));
    });
  });
});
