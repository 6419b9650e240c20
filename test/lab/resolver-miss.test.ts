import { rmSync } from "node:fs";
import { join } from "node:path";
import { macOfIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { median } from "../checks/ping.js";
import { run } from "../hosts/command.js";
import { forwarding, green, neighbour, nobody, pink, red, Scene } from "../sites/scene.js";

describe("the resolver on a real kernel, asked", function () {
  this.timeout(90_000);
  let scene: Scene;

  afterEach(() => scene.remove());

  describe('with resolve: "miss"', () => {
    beforeEach(async () => {
      scene = await Scene.build({ resolve: "miss" });
    });

    it("programs what is asked for, and the first ping is not lost", async () => {
      await scene.startBoth();
      expect(await scene.a.tables()).not.to.include(macOfIp(pink));
      const { received, times } = await scene.ping(red, pink, 3);
      expect(received).to.equal(3);
      process.stdout.write(`        first ping ${times[0] ?? NaN} ms, then ${median(times.slice(1))} ms\n`);
      const tables = await scene.a.tables();
      expect(tables).to.include(neighbour(pink)).and.to.include(forwarding(pink, scene.b.config.local));
      expect((await scene.a.status()).misses["l3 answered"]).to.equal(1);
      expect((await scene.b.status()).misses["l3 answered"]).to.equal(1);
    });

    it("answers nothing for local, unknown, outside and the gateway's addresses", async () => {
      await scene.startBoth();
      expect(await scene.ping(red, green, 3)).to.include({ received: 3 });
      expect(await scene.ping(red, nobody)).to.include({ received: 0 });
      const status = await scene.a.status();
      expect(status.misses["l3 unknown"]).to.be.at.least(1);
      expect(status.misses["l3 local"]).to.be.at.least(1);
      expect(status.misses["l3 answered"]).to.equal(undefined);
      expect(await scene.a.tables()).not.to.match(/PERMANENT|extern_learn/);
      expect(scene.a.log).to.include(`misses for unknown addresses: ${nobody}`);
    });

    it("follows records of entries that were asked for, and asks the files before it says unknown", async () => {
      await scene.startBoth();
      await scene.ping(red, pink);
      rmSync(join(scene.a.config.storage, "arp", pink));
      rmSync(join(scene.a.config.storage, "fdb", macOfIp(pink)));
      await scene.tablesOfA("the entries went with their records", (tables) => !tables.includes(macOfIp(pink)));
      scene.record();
      await run(["ip", "-n", scene.a.container(red), "neigh", "flush", "all"]);
      expect(await scene.ping(red, pink)).to.include({ received: 1 });
    });

    it("answers an L2 miss when the forwarding entry alone is gone", async () => {
      await scene.startBoth();
      await scene.ping(red, pink, 2);
      await run(["bridge", "-n", scene.a.overlay, "fdb", "del", macOfIp(pink), "dev", "vxlan1", "self"]);
      const { received } = await scene.ping(red, pink, 10);
      // The kernel drops the packet that raised the miss.
      expect(received).to.be.at.least(9);
      expect((await scene.a.status()).misses["l2 answered"]).to.be.at.least(1);
    });
  });

  describe("with learning", () => {
    beforeEach(async () => {
      scene = await Scene.build({ learning: true });
    });

    it("pushes neighbours, and forwarding entries come when needed and may age", async () => {
      await scene.startBoth();
      const before = await scene.a.tables();
      expect(before).to.include(neighbour(pink));
      expect(before).not.to.include(` dst ${scene.b.config.local}`);
      expect((await scene.ping(red, pink, 10)).received).to.be.at.least(8);
      const after = await scene.a.tables();
      expect(after).to.match(new RegExp(`${macOfIp(pink)} dst ${scene.b.config.local} self *\\n`));
      expect((await scene.a.status()).unexpectedMisses).to.equal(0);
    });
  });
});
