import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyRecords } from "@overlaynet/agent/records/index";
import { recordsDrift } from "@overlaynet/agent/records/apply";
import type { Records } from "@overlaynet/core/records";
import { parseIp, parseMac } from "@overlaynet/core/model/index";
import { expect } from "chai";

const [ip, mac, vtep] = [parseIp("7.7.7.3"), parseMac("02:42:07:07:07:03"), parseIp("192.168.64.28")];
const wanted: Records = { arp: new Map([[ip, mac]]), fdb: new Map([[mac, vtep]]) };
const none: Records = { arp: new Map(), fdb: new Map() };

describe("a records folder that others may write to", () => {
  let root: string;
  let storage: string;
  let secret: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "overlaynet-attack-"));
    storage = join(root, "storage");
    secret = join(root, "secret");
    mkdirSync(join(storage, "arp"), { recursive: true });
    writeFileSync(secret, "root:$6$hash", { mode: 0o600 });
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const apply = (mend: boolean): ReturnType<typeof applyRecords> =>
    applyRecords({ storage, wanted, previous: none, mend });

  it("shows no file that a link in it leads to, and writes to none", () => {
    symlinkSync(secret, join(storage, "arp", ip));
    expect(recordsDrift(storage, wanted).join("; ")).to.include('arp/7.7.7.3 is "a link"').and.not.to.include("hash");
    expect(apply(false).edited).to.eql([`arp/${ip}`]);
    expect(apply(true).written).to.eql([`arp/${ip}`]);
    expect(readFileSync(secret, "utf8")).to.equal("root:$6$hash");
    expect(statSync(secret).mode & 0o777).to.equal(0o600);
    expect(lstatSync(join(storage, "arp", ip)).isFile()).to.equal(true);
  });

  it("does not hang on a named pipe, and reads no device to its end", () => {
    spawnSync("mkfifo", [join(storage, "arp", ip)]);
    mkdirSync(join(storage, "fdb"));
    symlinkSync("/dev/zero", join(storage, "fdb", mac));
    expect(recordsDrift(storage, wanted)).to.eql([
      `record arp/${ip} is "no regular file", want ${mac}`,
      `record fdb/${mac} is "a link", want ${vtep}`,
    ]);
    expect(apply(true).written).to.eql([`arp/${ip}`, `fdb/${mac}`]);
  });

  it("is not left by a link in the place of arp or fdb", () => {
    const others = join(root, "others");
    mkdirSync(others);
    writeFileSync(join(others, ip), "02:42:00:00:00:01\n");
    rmSync(join(storage, "arp"), { recursive: true });
    symlinkSync(others, join(storage, "arp"));
    for (const work of [
      () => apply(true),
      () => applyRecords({ storage, wanted: none, previous: wanted, mend: false }),
    ]) {
      expect(work).to.throw(/storage\/arp is no folder but a link or a file; .*choose another storage/);
    }
    expect(() => recordsDrift(storage, wanted)).to.throw(/is no folder/);
    expect(readdirSync(others)).to.eql([ip]);
    expect(readFileSync(join(others, ip), "utf8")).to.equal("02:42:00:00:00:01\n");
  });

  it("keeps its mode, and its records are for all to read", () => {
    chmodSync(join(storage, "arp"), 0o777);
    const before = process.umask(0o077);
    try {
      apply(false);
    } finally {
      process.umask(before);
    }
    expect(statSync(join(storage, "arp")).mode & 0o777).to.equal(0o777);
    expect(statSync(join(storage, "fdb")).mode & 0o777).to.equal(0o755);
    expect(statSync(join(storage, "arp", ip)).mode & 0o777).to.equal(0o644);
    expect(existsSync(join(storage, "fdb", mac))).to.equal(true);
  });
});
