import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { targetOf } from "@overlaynet/core";
import { DesiredStore } from "@overlaynet/agent/store/desired";
import { writeAtomically, writeWhenDifferent } from "@overlaynet/agent/store/atomic";
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
