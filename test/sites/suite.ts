import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { skipBecause } from "../skip.js";
import { Scene } from "./scene.js";
import type { Site, SiteOptions } from "./site.js";

/** A scene for each test of the suite that this is called in, removed after it. The function gives it to the test that runs. */
export function sceneForEach(options: SiteOptions): () => Scene {
  let scene: Scene | undefined;
  before(function () {
    this.timeout(60_000);
    if (process.getuid?.() !== 0) skipBecause(this, "needs root, to make network namespaces");
  });
  beforeEach(async function () {
    this.timeout(60_000);
    scene = await Scene.build(options);
  });
  afterEach(async function () {
    this.timeout(60_000);
    await scene?.remove();
    scene = undefined;
  });
  return () => {
    if (scene === undefined) throw new Error("the scene is there in tests only");
    return scene;
  };
}

/** Writes a record as `echo` does: not by renaming. */
export function echoRecord(site: Site, table: "arp" | "fdb", key: string, value: string): void {
  writeFileSync(join(site.config.storage, table, key), `${value}\n`);
}

export function removeRecord(site: Site, table: "arp" | "fdb", key: string): void {
  rmSync(join(site.config.storage, table, key));
}
