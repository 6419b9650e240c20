import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyRecords, readRecords, recordsDrift, RecordStore, RecordWatch } from "@overlaynet/agent/records/index";
import { ipFromNumber, ipToNumber, macFromNumber, macToNumber, parseIp, parseMac } from "@overlaynet/core/model/index";
import { expect } from "chai";
import { until } from "../../../hosts/poll.js";
import { named, records } from "../../core/resolver/samples.js";

const ip = parseIp("7.7.7.3");
const mac = parseMac("02:42:07:07:07:03");
const there = parseIp("192.168.64.28");
const elsewhere = parseIp("192.168.64.29");
const pink = records({ [ip]: [mac, there] });
const none = records({});

describe("records on disk", () => {
  let storage: string;
  let arp: string;
  let fdb: string;

  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), "overlaynet-records-"));
    arp = join(storage, "arp");
    fdb = join(storage, "fdb");
    mkdirSync(arp);
    mkdirSync(fdb);
  });

  afterEach(() => {
    rmSync(storage, { recursive: true, force: true });
  });

  const write = (path: string, text: string): void => {
    writeFileSync(join(storage, path), text);
  };
  const read = (path: string): string => readFileSync(join(storage, path), "utf8");

  describe("are read", () => {
    it("with or without a newline, upper case and hyphens too", () => {
      write(`arp/${ip}`, `${mac}\n`);
      write("arp/7.7.7.4", "02-42-C0-A8-00-04");
      write(`fdb/${mac}`, ` ${there} \n`);
      const { records: found, complaints } = readRecords(storage);
      expect(named(found.arp, ipFromNumber, macFromNumber)).to.deep.equal({
        [ip]: mac,
        "7.7.7.4": "02:42:c0:a8:00:04",
      });
      expect(named(found.fdb, macFromNumber, ipFromNumber)).to.deep.equal({ [mac]: there });
      expect(complaints).to.deep.equal([]);
    });

    const nonsense = [
      ["arp/7.7.7.9", "ff:ff:ff:ff:ff:ff", "multicast bit"],
      ["arp/7.7.7.9", `${mac} ${mac}`, "unicast MAC"],
      ["arp/7.7.7.9", "x".repeat(100), "too long"],
      ["arp/7.7.7.009", mac, "IPv4 address"],
      ["arp/7.7.7.9~", mac, "IPv4 address"],
      ["fdb/02:42:07:07:07:09", "239.1.1.1", "unicast IPv4 address of a VTEP"],
      ["fdb/02:42:07:07:07:09", "::1", "IPv4 address"],
      ["fdb/02:42:07:07:07:AA", there, "in the form 02:42:07:07:07:aa"],
      ["fdb/default", there, "unicast MAC"],
    ] as const;
    for (const [path, text, why] of nonsense) {
      it(`without ${path} holding ${text.slice(0, 20)}, which is told`, () => {
        write(path, text);
        const { records: found, complaints } = readRecords(storage);
        expect(found.arp.size + found.fdb.size).to.equal(0);
        expect(complaints).to.have.length(1);
        expect(complaints[0]).to.include(join(storage, path)).and.to.include(why);
      });
    }

    it("without what is no file at all, and without waiting for it", () => {
      mkdirSync(join(arp, "7.7.7.8"));
      execFileSync("mkfifo", [join(arp, "7.7.7.9")]);
      const { records: found, complaints } = readRecords(storage);
      expect(found.arp.size).to.equal(0);
      expect(complaints.join()).to.include("7.7.7.8");
    });

    it("without files that are being written beside them", () => {
      write(`arp/.${ip}.abc`, mac);
      const { records: found, complaints } = readRecords(storage);
      expect(found.arp.size).to.equal(0);
      expect(complaints).to.deep.equal([]);
    });
  });

  describe("in memory", () => {
    let store: RecordStore;

    beforeEach(() => {
      write(`arp/${ip}`, mac);
      write(`fdb/${mac}`, there);
      store = new RecordStore(storage);
      expect(store.rescan()).to.equal(true);
    });

    it("say whether anything changed", () => {
      expect(store.rescan()).to.equal(false);
      expect(store.wasTouched()).to.equal(false);
      write(`fdb/${mac}`, elsewhere);
      expect(store.rescan()).to.equal(true);
      expect(store.records.fdb.get(macToNumber(mac))).to.equal(ipToNumber(elsewhere));
    });

    it("go with their file", () => {
      rmSync(join(arp, ip));
      expect(store.wasTouched()).to.equal(true);
      expect(store.rescan()).to.equal(true);
      expect(store.records.arp.size).to.equal(0);
      rmSync(join(fdb, mac));
      expect(store.findMac(macToNumber(mac))).to.equal(true);
    });

    it("stay while their file is empty or nonsense, which is told until it is right again", () => {
      for (const text of ["", "\n", "nonsense"]) {
        write(`arp/${ip}`, text);
        expect(store.rescan()).to.equal(false);
        expect(store.records.arp.get(ipToNumber(ip))).to.equal(macToNumber(mac));
        expect(store.complaints).to.have.length(text === "nonsense" ? 1 : 0);
      }
      write(`arp/${ip}`, mac);
      store.rescan();
      expect(store.complaints).to.deep.equal([]);
    });

    it("stay while their folder is away, whoever asks", () => {
      renameSync(arp, `${arp}.away`);
      expect(store.rescan()).to.equal(false);
      expect(store.arp.refresh(ip)).to.equal(false);
      expect(store.records.arp.get(ipToNumber(ip))).to.equal(macToNumber(mac));
      expect(store.complaints.join()).to.include(arp).and.to.include("ENOENT");
      renameSync(`${arp}.away`, arp);
      store.rescan();
      expect(store.complaints).to.deep.equal([]);
    });

    it("are looked for one by one, an address with its MAC", () => {
      write("arp/7.7.7.4", "02:42:07:07:07:04");
      write("fdb/02:42:07:07:07:04", there);
      expect(store.findAddress(ipToNumber(parseIp("7.7.7.4")))).to.equal(true);
      expect(store.records.fdb.get(macToNumber(parseMac("02:42:07:07:07:04")))).to.equal(ipToNumber(there));
      expect(store.findAddress(ipToNumber(parseIp("7.7.7.99")))).to.equal(false);
      expect(store.findMac(macToNumber(parseMac("02:42:07:07:07:99")))).to.equal(false);
    });

    it("are watched, a folder that replaces another too", async () => {
      const touched: string[] = [];
      const watch = new RecordWatch(store, (table, name) => touched.push(`${table}/${name}`));
      const heard = (path: string): Promise<unknown> =>
        until(`${path} is heard of`, () => Promise.resolve(touched.includes(path)), { within: 2000, every: 5 });
      try {
        expect(watch.renew()).to.equal(true);
        expect(watch.renew()).to.equal(false);
        write("arp/7.7.7.4", mac);
        await heard("arp/7.7.7.4");
        renameSync(fdb, `${fdb}.old`);
        mkdirSync(fdb);
        expect(watch.renew()).to.equal(true);
        write("fdb/02:42:07:07:07:04", there);
        await heard("fdb/02:42:07:07:07:04");
        expect(touched.filter((name) => name.includes("/."))).to.deep.equal([]);
      } finally {
        watch.close();
      }
    });
  });

  describe("are made so", () => {
    const apply = (wanted = pink, previous = none, mend = false): ReturnType<typeof applyRecords> =>
      applyRecords({ storage, wanted, previous, mend });
    const nothing = { written: [], edited: [], removed: [] };

    it("with their folders, readable by all whatever the umask is", () => {
      rmSync(storage, { recursive: true });
      const umask = process.umask(0o077);
      try {
        expect(apply()).to.deep.equal({ ...nothing, written: [`arp/${ip}`, `fdb/${mac}`] });
      } finally {
        process.umask(umask);
      }
      expect(read(`arp/${ip}`)).to.equal(`${mac}\n`);
      expect(statSync(arp).mode & 0o777).to.equal(0o755);
      expect(statSync(join(arp, ip)).mode & 0o777).to.equal(0o644);
      expect(readdirSync(arp)).to.deep.equal([ip]);
    });

    it("once: a second time writes nothing", () => {
      apply();
      const { ino } = statSync(join(arp, ip));
      expect(apply(pink, pink)).to.deep.equal(nothing);
      expect(statSync(join(arp, ip)).ino).to.equal(ino);
    });

    it("again where they are missing or empty", () => {
      apply();
      rmSync(join(arp, ip));
      write(`fdb/${mac}`, "");
      expect(apply(pink, pink).written).to.deep.equal([`arp/${ip}`, `fdb/${mac}`]);
    });

    it("when they moved: a file that holds its previous value is out of date, not edited", () => {
      apply();
      const moved = records({ [ip]: [mac, elsewhere] });
      expect(apply(moved, pink)).to.deep.equal({ ...nothing, written: [`fdb/${mac}`] });
      expect(read(`fdb/${mac}`)).to.equal(`${elsewhere}\n`);
    });

    it("unless somebody edited them, and then too when told to mend", () => {
      apply();
      write(`fdb/${mac}`, elsewhere);
      expect(recordsDrift(storage, pink)).to.deep.equal([`record fdb/${mac} is "${elsewhere}", want ${there}`]);
      expect(apply(pink, pink)).to.deep.equal({ ...nothing, edited: [`fdb/${mac}`] });
      expect(apply(pink, pink, true)).to.deep.equal({ ...nothing, written: [`fdb/${mac}`] });
      expect(recordsDrift(storage, pink)).to.deep.equal([]);
    });

    it("and what is no longer wanted goes, but never what people made", () => {
      apply();
      write("arp/7.7.7.50", "02:42:c0:a8:00:04");
      expect(apply(none, pink)).to.deep.equal({ ...nothing, removed: [`arp/${ip}`, `fdb/${mac}`] });
      expect(readdirSync(arp)).to.deep.equal(["7.7.7.50"]);
      expect(apply(none, pink)).to.deep.equal(nothing);
    });

    it("and drift tells what is missing", () => {
      expect(recordsDrift(storage, pink)).to.deep.equal([
        `record arp/${ip} missing, want ${mac}`,
        `record fdb/${mac} missing, want ${there}`,
      ]);
    });

    it("or fail with the system's word for it, and leave nothing half made", () => {
      mkdirSync(join(arp, ip));
      expect(() => apply(pink, none, true)).to.throw("EISDIR");
      expect(readdirSync(arp)).to.deep.equal([ip]);
      expect(readdirSync(fdb)).to.deep.equal([]);
    });
  });
});
