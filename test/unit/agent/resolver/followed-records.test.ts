import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FollowedRecords } from "@overlaynet/agent/resolver/followed-records";
import { expect } from "chai";
import { run } from "../../../hosts/command.js";
import { until } from "../../../hosts/poll.js";

/** A storage of as many records, followed as a resolver follows one. */
class Followed {
  readonly storage = mkdtempSync(join(tmpdir(), "overlaynet-followed-"));
  readonly records = new FollowedRecords(this.storage, {
    // At once, where a resolver waits two milliseconds.
    changed: () =>
      setImmediate(() => {
        this.records.refresh();
      }),
    pause: () => undefined,
    log: () => undefined,
  });

  constructor(count: number) {
    for (const table of ["arp", "fdb"]) mkdirSync(join(this.storage, table));
    for (let index = 0; index < count; index += 1) this.write(index);
    this.records.open(() => ({ neighbours: new Map(), forwarding: new Map() }));
  }

  write(index: number): void {
    const [high, low] = [index >> 8, index & 255];
    const mac = `02:42:07:08:${[high, low].map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`;
    writeFileSync(join(this.storage, "arp", `7.8.${high}.${low}`), `${mac}\n`);
    writeFileSync(join(this.storage, "fdb", mac), "192.168.64.28\n");
  }

  get counts(): readonly [arp: number, fdb: number] {
    const { arp, fdb } = this.records.store.records;
    return [arp.size, fdb.size];
  }

  close(): void {
    this.records.close();
    rmSync(this.storage, { recursive: true, force: true });
  }
}

describe("records that are followed", () => {
  let followed: Followed;
  afterEach(() => {
    followed.close();
  });

  const within = { within: 20_000, every: 5 };

  it("go when their files do, and not those beside them", async () => {
    followed = new Followed(3);
    rmSync(join(followed.storage, "arp", "7.8.0.1"));
    rmSync(join(followed.storage, "fdb", "02:42:07:08:00:01"));
    await until("both are gone", () => Promise.resolve(followed.counts.join() === "2,2"), within);
  });

  it("come at once while others go", async () => {
    followed = new Followed(3);
    rmSync(join(followed.storage, "arp", "7.8.0.1"));
    followed.write(7);
    await until("the new one is there", () => Promise.resolve(followed.counts[1] === 4), within);
    await until("the other has gone", () => Promise.resolve(followed.counts[0] === 3), within);
  });

  for (const count of [3, 3000]) {
    it(`stay, all ${count}, when their folders are removed with all that is in them`, async () => {
      followed = new Followed(count);
      // By another process, so that some are heard to go while others are still there.
      await run(["rm", "-r", followed.storage]);
      await until("it is seen", () => Promise.resolve(followed.records.complaints.length > 0), within);
      expect(followed.counts).to.deep.equal([count, count]);
      mkdirSync(join(followed.storage, "arp"), { recursive: true });
      mkdirSync(join(followed.storage, "fdb"));
      followed.write(0);
      await until("those of the new folders count", () => Promise.resolve(followed.counts.join() === "1,1"), within);
    });
  }
});
