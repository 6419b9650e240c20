import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordStore } from "@overlaynet/agent/records/index";
import { ipToNumber, macToNumber, parseIp, parseMac } from "@overlaynet/core/model/index";
import { expect } from "chai";

const ip = "7.7.7.3";
const mac = "02:42:07:07:07:03";
const there = "192.168.64.28";
const elsewhere = "192.168.64.29";
/** The same as the resolver holds them. */
const number = {
  ip: ipToNumber(parseIp(ip)),
  mac: macToNumber(parseMac(mac)),
  there: ipToNumber(parseIp(there)),
  elsewhere: ipToNumber(parseIp(elsewhere)),
};

describe("records that cannot be read", () => {
  let storage: string;
  let arp: string;
  let fdb: string;
  let store: RecordStore;

  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), "overlaynet-records-"));
    arp = join(storage, "arp");
    fdb = join(storage, "fdb");
    mkdirSync(arp);
    mkdirSync(fdb);
    write(`arp/${ip}`, mac);
    write(`fdb/${mac}`, there);
    store = new RecordStore(storage);
    store.rescan();
  });

  afterEach(() => {
    rmSync(storage, { recursive: true, force: true });
  });

  const write = (path: string, text: string): void => {
    writeFileSync(join(storage, path), text);
  };
  const held = {
    neighbours: new Map([[number.ip, { ip: number.ip, mac: number.mac, permanent: true, own: true }]]),
    forwarding: new Map([
      [number.mac, { mac: number.mac, vtep: number.elsewhere, permanent: true, own: true, plain: true }],
    ]),
  };
  const restarted = (): RecordStore => {
    const fresh = new RecordStore(storage);
    fresh.rescan();
    if (!fresh.isWhole) fresh.adopt(held);
    return fresh;
  };

  it("are taken from the kernel after a restart where they cannot be read, and only there", () => {
    expect(restarted().records.fdb.get(number.mac)).to.equal(number.there);
    write(`fdb/${mac}`, "");
    const fresh = restarted();
    expect(fresh.records.fdb.get(number.mac)).to.equal(number.elsewhere);
    write(`fdb/${mac}`, there);
    fresh.fdb.refresh(mac);
    expect(fresh.records.fdb.get(number.mac)).to.equal(number.there);
    renameSync(arp, `${arp}.away`);
    expect(restarted().records.arp.get(number.ip)).to.equal(number.mac);
    expect(restarted().records.fdb.get(number.mac)).to.equal(number.there);
    rmSync(join(fdb, mac));
    expect(restarted().records.fdb.size).to.equal(0);
  });

  it("stay while there is no way to their folder, which is told, and whose return is seen", () => {
    renameSync(arp, `${arp}.away`);
    symlinkSync("arp", arp);
    expect(store.rescan()).to.equal(false);
    expect(store.complaints.join()).to.include("ELOOP");
    expect(store.records.arp.get(number.ip)).to.equal(number.mac);
    expect(store.findAddress(number.ip)).to.equal(false);
    expect(store.wasTouched()).to.equal(false);
    rmSync(arp);
    renameSync(`${arp}.away`, arp);
    expect(store.wasTouched()).to.equal(true);
    store.rescan();
    expect(store.complaints).to.deep.equal([]);
  });

  it("are not complained of when a file that was none is gone again", () => {
    write("arp/nonsense", mac);
    store.arp.refresh("nonsense");
    expect(store.complaints).to.have.length(1);
    rmSync(join(arp, "nonsense"));
    store.arp.refresh("nonsense");
    expect(store.complaints).to.deep.equal([]);
  });
});
