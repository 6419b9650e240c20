import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Desired, OverlaySpec } from "@overlaynet/core";
import { reconcileRecords, removeAllRecords } from "@overlaynet/agent/reconcile/records";
import { missingFolders, readLedger, writeLedger } from "@overlaynet/agent/store/ledger";
import { type Paths } from "@overlaynet/agent/store/paths";
import { container, desired, neigh, overlay, temporaryPaths } from "../fixtures.js";

describe("an overlay's records on disk", () => {
  let paths: Paths;
  let remove: () => void;
  let storage: string;
  let spec: OverlaySpec;
  beforeEach(() => {
    ({ paths, remove } = temporaryPaths());
    storage = join(paths.state, "..", "people", "storage");
    spec = OverlaySpec.parse(overlay({ storage }));
  });
  afterEach(() => {
    remove();
  });

  const write = (all: readonly Desired[], mended: readonly Desired[] = []): readonly string[] =>
    reconcileRecords(paths, spec, all, mended).written;
  const record = (name: string): string => readFileSync(join(storage, name), "utf8").trim();
  const [red, green, printer] = [
    desired(container("red", 2)),
    desired(container("green", 4)),
    desired(neigh("printer", 9)),
  ];

  it("are what the desired files ask for, and written once", () => {
    expect(write([red, printer])).to.have.length(4);
    expect(record("arp/7.7.7.2")).to.equal("02:42:07:07:07:02");
    expect(record("fdb/02:42:c0:a8:00:09")).to.equal("192.168.64.40");
    expect(write([red, printer])).to.eql([]);
  });

  it("go with their resource, and people's stay", () => {
    write([red, green]);
    writeFileSync(join(storage, "arp", "7.7.7.50"), "02:42:00:00:00:50\n");
    write([green]);
    expect(readdirSync(join(storage, "arp")).sort()).to.eql(["7.7.7.4", "7.7.7.50"]);
  });

  it("that were edited are left by a repair and mended by an apply", () => {
    write([red]);
    writeFileSync(join(storage, "arp", "7.7.7.2"), "02:42:00:00:00:99\n");
    expect(write([red])).to.eql([]);
    expect(write([red], [red])).to.eql(["arp/7.7.7.2"]);
  });

  it("are read when their own resource is applied, and all of them unless the others' are trusted", () => {
    const trusting = (all: readonly Desired[], mended: readonly Desired[]): readonly string[] =>
      reconcileRecords(paths, spec, all, mended, undefined, true).written;
    write([red]);
    rmSync(join(storage, "arp", "7.7.7.2"));
    expect(trusting([red, green], [green])).to.have.members(["arp/7.7.7.4", "fdb/02:42:07:07:07:04"]);
    expect(trusting([red, green], [red])).to.eql(["arp/7.7.7.2"]);
    rmSync(join(storage, "arp", "7.7.7.2"));
    expect(write([red, green], [green])).to.eql(["arp/7.7.7.2"]);
  });

  it("leave nothing that nobody knows when a run is interrupted between ledger and records", () => {
    write([red]);
    const moved = desired(container("red", 7));
    const before = readLedger(paths, "lab");
    write([moved]);
    // As if the process had been killed after writing the record of the new address, and before the ledger said that the old is gone.
    writeFileSync(join(storage, "arp", "7.7.7.2"), "02:42:07:07:07:02\n");
    const after = readLedger(paths, "lab");
    const records = { arp: new Map([...(after?.records.arp ?? []), ...(before?.records.arp ?? [])]), fdb: new Map() };
    writeLedger(paths, "lab", { storage, folders: after?.folders ?? [], records });
    write([moved]);
    expect(readdirSync(join(storage, "arp"))).to.eql(["7.7.7.7"]);
  });

  it("move with the storage folder", () => {
    write([red]);
    const old = storage;
    storage = join(paths.state, "..", "elsewhere");
    spec = OverlaySpec.parse(overlay({ storage }));
    expect(write([red])).to.have.length(2);
    expect(existsSync(old)).to.equal(false);
  });

  it("take along the folders that we made, and only those that are empty", () => {
    mkdirSync(join(storage, ".."), { recursive: true });
    expect(missingFolders(storage)).to.eql([storage, join(storage, "arp"), join(storage, "fdb")]);
    write([red]);
    removeAllRecords(paths, "lab");
    expect(existsSync(storage)).to.equal(false);
    expect(existsSync(join(storage, ".."))).to.equal(true);
    write([red]);
    writeFileSync(join(storage, "fdb", "02:42:00:00:00:50"), "192.168.64.99\n");
    removeAllRecords(paths, "lab");
    expect(existsSync(join(storage, "arp"))).to.equal(false);
    expect(readdirSync(join(storage, "fdb"))).to.eql(["02:42:00:00:00:50"]);
    expect(readLedger(paths, "lab")).to.equal(undefined);
  });
});
