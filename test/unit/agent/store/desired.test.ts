import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { targetOf } from "@overlaynet/core";
import { DesiredStore } from "@overlaynet/agent/store/desired";
import { whereThereIsRoom, writeAtomically, writeWhenDifferent } from "@overlaynet/agent/store/atomic";
import { desiredFolder, overlayState, type Paths } from "@overlaynet/agent/store/paths";
import { container, desired, neigh, overlay, temporaryPaths } from "../fixtures.js";

describe("the desired files", () => {
  let paths: Paths;
  let remove: () => void;
  beforeEach(() => ({ paths, remove } = temporaryPaths()));
  afterEach(() => {
    remove();
  });

  it("give back what was put, by overlay and for all", () => {
    const store = new DesiredStore(paths);
    const all = [desired(overlay()), desired(container("red", 2)), desired(neigh("printer", 9))];
    for (const one of all) store.put(one);
    store.put(desired(overlay({ overlay: "other" })));
    expect(store.read("lab").desired).to.have.deep.members(all);
    expect(store.readAll().desired).to.have.length(4);
    expect(store.overlays()).to.eql(["lab", "other"]);
  });

  it("are root's alone in folders that others may pass", () => {
    const store = new DesiredStore(paths);
    store.put(desired(overlay()));
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    expect(mode(paths.state)).to.equal("711");
    expect(mode(overlayState(paths, "lab"))).to.equal("755");
    expect(mode(desiredFolder(paths, "lab"))).to.equal("700");
    expect(mode(store.file({ kind: "overlay", overlay: "lab" }))).to.equal("600");
  });

  it("go without a trace, and going twice is no error", () => {
    const store = new DesiredStore(paths);
    const red = desired(container("red", 2));
    store.put(red);
    store.drop(targetOf(red.spec));
    store.drop(targetOf(red.spec));
    store.drop({ kind: "overlay", overlay: "never" });
    expect(readdirSync(desiredFolder(paths, "lab"))).to.eql([]);
  });

  it("that are damaged are named and hide no other", () => {
    const store = new DesiredStore(paths);
    store.put(desired(overlay()));
    writeFileSync(join(desiredFolder(paths, "lab"), "container-red.json"), '{"schemaVersion":1,');
    writeFileSync(
      join(desiredFolder(paths, "lab"), "container-blue.json"),
      JSON.stringify(desired(container("red", 2))),
    );
    const { desired: read, damaged } = store.readAll();
    expect(read).to.have.length(1);
    expect(damaged.map(({ reason }) => reason).sort()).to.eql([
      "it is not JSON",
      "its name and its content name different resources",
    ]);
  });

  it("are written together or none of them, and a folder made for them goes again", () => {
    const store = new DesiredStore(paths);
    store.put(desired(overlay()));
    const taken = store.file({ kind: "container", overlay: "lab", name: "green" });
    mkdirSync(join(taken, "in-the-way"), { recursive: true });
    expect(() => {
      store.put(desired(container("red", 2)), desired(container("green", 4)));
    }).to.throw();
    rmSync(taken, { recursive: true });
    writeFileSync(join(paths.state, "other"), "a file where a folder would be");
    expect(() => {
      store.put(desired(overlay({ overlay: "other", overlayId: "o-1" })));
    }).to.throw();
    expect(readFileSync(join(paths.state, "other"), "utf8")).to.match(/^a file/);
    const names = readdirSync(desiredFolder(paths, "lab"));
    expect(names.filter((name) => name.endsWith(".tmp"))).to.eql([]);
  });

  it("say of a full disk which file, and what to do", () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    expect(() =>
      whereThereIsRoom("/var/x.json", () => {
        throw full;
      }),
    ).to.throw(/^\/var\/x\.json cannot be written: there is no space left; make room/);
  });

  it("that cannot be read say whose they are, as far as can be told", () => {
    const store = new DesiredStore(paths);
    store.put(desired(overlay()), desired(container("red", 2)));
    const file = store.file({ kind: "container", overlay: "lab", name: "red" });
    const text = readFileSync(file, "utf8");
    const damaged = (): unknown => store.read("lab").damaged.map(({ target, uid }) => ({ target, uid }));
    const target = { kind: "container", overlay: "lab", name: "red" };
    writeFileSync(file, text.slice(0, -20));
    expect(damaged()).to.eql([{ target, uid: "uid-red" }]);
    writeFileSync(file, "");
    expect(damaged()).to.eql([{ target, uid: undefined }]);
  });

  it("are written whole or not at all", () => {
    const file = join(desiredFolder(paths, "lab"), "overlay.json");
    const store = new DesiredStore(paths);
    store.put(desired(overlay()));
    expect(() => {
      writeAtomically(join(file, "below-a-file"), "x", 0o600);
    }).to.throw(/ENOTDIR/);
    expect(writeWhenDifferent(file, "new", 0o600)).to.equal(true);
    expect(writeWhenDifferent(file, "new", 0o600)).to.equal(false);
    chmodSync(file, 0o600);
    expect(readdirSync(desiredFolder(paths, "lab"))).to.eql(["overlay.json"]);
  });
});
