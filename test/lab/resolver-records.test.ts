import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { applyRecords } from "@overlaynet/agent/records/index";
import { macOfIp, parseIp } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { run } from "../hosts/command.js";
import { until } from "../hosts/poll.js";
import { forwarding, neighbour, nobody, pink, Scene } from "../sites/scene.js";

const elsewhere = parseIp("192.168.64.50");

describe("the resolver and faults of its records", function () {
  this.timeout(120_000);
  let scene: Scene;
  let storage: string;
  let arp: string;

  beforeEach(async () => {
    scene = await Scene.build({ resolve: "push" });
    ({ storage } = scene.a.config);
    arp = join(storage, "arp");
    await scene.a.startResolver();
  });

  afterEach(() => scene.remove());

  const pinkIsThere = (tables: string): boolean =>
    tables.includes(neighbour(pink)) && tables.includes(forwarding(pink, scene.b.config.local));
  const complaints = async (): Promise<string> => (await scene.a.status()).complaints.join("\n");
  const noComplaints = (): Promise<boolean> =>
    until("nothing is wrong with the records", async () => (await complaints()) === "", { within: 20_000 }, complaints);

  it("starts without a folder and leaves the kernel as it was, and follows it when it is back, unasked", async () => {
    await scene.a.stopResolver("SIGKILL");
    for (const table of ["arp", "fdb"]) renameSync(join(storage, table), join(storage, `${table}.away`));
    await scene.a.startResolver();
    expect(pinkIsThere(await scene.a.tables())).to.equal(true);
    expect(await scene.a.sync()).to.include({ neighbours: 1, forwarding: 1, removed: 0 });
    expect(await complaints()).to.include(arp);
    rmSync(join(storage, "arp.away", pink));
    for (const table of ["arp", "fdb"]) renameSync(join(storage, `${table}.away`), join(storage, table));
    await scene.tablesOfA(
      "the record that went meanwhile is gone",
      (tables) => !tables.includes(neighbour(pink)),
      20_000,
    );
    await noComplaints();
    expect(scene.a.log).to.include("all records can be read again");
  });

  it("starts over a record that is half written and leaves its entry, until the rest of it comes", async () => {
    await scene.a.stopResolver("SIGKILL");
    const file = join(storage, "fdb", macOfIp(pink));
    truncateSync(file, 0);
    await scene.a.startResolver();
    expect(pinkIsThere(await scene.a.tables())).to.equal(true);
    writeFileSync(file, elsewhere);
    await scene.tablesOfA("the entry follows", (tables) => tables.includes(forwarding(pink, elsewhere)));
  });

  it("lives on while its folder cannot be entered, and tells so once", async () => {
    renameSync(arp, `${arp}.away`);
    symlinkSync("arp", arp);
    await until("it is told", async () => (await complaints()).includes("ELOOP"), { within: 20_000 }, complaints);
    await scene.a.ip(scene.a.overlay, [`neigh del ${pink} dev vxlan1`]);
    await scene.tablesOfA("the entry is mended from the last good record", pinkIsThere);
    rmSync(arp);
    renameSync(`${arp}.away`, arp);
    await noComplaints();
    expect(scene.a.log.match(/ELOOP/g)).to.have.length(1);
  });

  it("follows a folder that takes the place of another, unasked", async () => {
    renameSync(arp, `${arp}.old`);
    mkdirSync(arp);
    writeFileSync(join(arp, nobody), macOfIp(pink));
    await scene.tablesOfA(
      "the new folder's record is there and the old one's is not",
      (tables) => tables.includes(`${nobody} lladdr ${macOfIp(pink)}`) && !tables.includes(neighbour(pink)),
      20_000,
    );
  });

  it("passes over files of any size and kind", async () => {
    const before = scene.a.memory();
    closeSync(openSync(join(arp, "7.7.0.200"), "w"));
    truncateSync(join(arp, "7.7.0.200"), 2 ** 34);
    await run(["mkfifo", join(arp, "7.7.0.201")]);
    symlinkSync("/dev/zero", join(arp, "7.7.0.202"));
    mkdirSync(join(arp, "7.7.0.203"));
    symlinkSync("7.7.0.204", join(arp, "7.7.0.204"));
    await scene.a.sync();
    expect(await complaints())
      .to.match(/7\.7\.0\.200: too long/)
      .and.match(/7\.7\.0\.202: too long/);
    expect(pinkIsThere(await scene.a.tables())).to.equal(true);
    expect(scene.a.memory() - before).to.be.below(32 * 1024);
  });

  it("keeps what it has when the disk is full: a record cut short, and one that could not be written", async () => {
    const mounted = join(storage, "..", "small");
    mkdirSync(mounted);
    await run(["mount", "-t", "tmpfs", "-o", "size=64k", "overlaynet-test", mounted]);
    try {
      const places = { storage: mounted, previous: { arp: new Map(), fdb: new Map() }, mend: true };
      const wanted = {
        arp: new Map([[pink, macOfIp(pink)]]),
        fdb: new Map([[macOfIp(pink), scene.b.config.local]]),
      };
      applyRecords({ ...places, wanted });
      renameSync(storage, `${storage}.disk`);
      symlinkSync(mounted, storage);
      await scene.a.sync();
      expect(pinkIsThere(await scene.a.tables())).to.equal(true);
      const fill = (): Promise<unknown> =>
        run(["dd", "if=/dev/zero", `of=${join(mounted, "ballast")}`, "bs=1k", "oflag=append", "conv=notrunc"], {
          reject: false,
        });
      await fill();
      expect(() =>
        applyRecords({ ...places, wanted: { ...wanted, arp: new Map([[nobody, macOfIp(pink)]]) } }),
      ).to.throw(/make room on that file system/);
      // What `echo` does there: the old text goes, somebody else takes its room, and there is none for the new one.
      const file = join(mounted, "fdb", macOfIp(pink));
      truncateSync(file, 0);
      await fill();
      const echo = await run(["sh", "-c", `echo ${elsewhere} > ${file}`], { reject: false });
      expect(echo.stderr).to.match(/No space left|I\/O error/);
      expect(await scene.a.sync()).to.include({ neighbours: 1, forwarding: 1, removed: 0, changed: 0 });
      await scene.a.stopResolver("SIGKILL");
      await scene.a.startResolver();
      expect(pinkIsThere(await scene.a.tables())).to.equal(true);
      rmSync(join(mounted, "ballast"));
      writeFileSync(join(mounted, "fdb", macOfIp(pink)), elsewhere);
      await scene.tablesOfA("the entry follows when there is room", (tables) =>
        tables.includes(forwarding(pink, elsewhere)),
      );
    } finally {
      await scene.a.stopResolver("SIGKILL");
      await run(["umount", mounted]);
      if (existsSync(`${storage}.disk`)) {
        rmSync(storage);
        renameSync(`${storage}.disk`, storage);
      }
    }
  });

  it("finds what the watch lost when its queue overflowed, unasked", async () => {
    const limit = Number(readFileSync("/proc/sys/fs/inotify/max_queued_events", "utf8"));
    const files = ["one", "two"].map((name) => join(arp, `.${name}`));
    for (const file of files) writeFileSync(file, "");
    scene.a.signal("SIGSTOP");
    // The same event twice in a row is one to the kernel, so they take turns.
    for (let index = 0; index <= limit / 2; index += 1) for (const file of files) utimesSync(file, index, index);
    writeFileSync(join(storage, "fdb", macOfIp(pink)), elsewhere);
    scene.a.signal("SIGCONT");
    await scene.tablesOfA(
      "the entry follows its record",
      (tables) => tables.includes(forwarding(pink, elsewhere)),
      20_000,
    );
    expect((await scene.a.status()).syncs["interval"]).to.equal(undefined);
  });
});
