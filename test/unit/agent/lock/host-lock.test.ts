import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Holder, HostBusy, withHostLock } from "@overlaynet/agent/lock/host-lock";
import { lockFile, type Paths } from "@overlaynet/agent/store/paths";
import { temporaryPaths } from "../fixtures.js";

describe("the host's lock", () => {
  let paths: Paths;
  let remove: () => void;
  beforeEach(() => ({ paths, remove } = temporaryPaths()));
  afterEach(() => {
    remove();
  });

  it("lets one work at a time, and tells the other who works", async () => {
    const order: string[] = [];
    let waited: Holder | undefined;
    let second: Promise<void> | undefined;
    await withHostLock(paths, { holder: "shop/test" }, async () => {
      const told = new Promise<void>((resolve) => {
        second = withHostLock(
          paths,
          {
            holder: "other",
            onWaiting: (holder) => {
              waited = holder;
              resolve();
            },
          },
          () => {
            order.push("second");
            return Promise.resolve();
          },
        );
      });
      await told;
      order.push("first");
    });
    await second;
    expect(order).to.eql(["first", "second"]);
    expect(waited?.holder).to.equal("shop/test");
    expect(waited?.pid).to.equal(process.pid);
    expect(Date.parse(waited?.since ?? "")).to.be.greaterThan(0);
  });

  it("is given up on by name", async () => {
    await withHostLock(paths, { holder: "shop/test" }, async () => {
      const impatient = withHostLock(paths, { holder: "other", patience: 20 }, () => Promise.resolve());
      const error: unknown = await impatient.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(HostBusy);
      expect(String(error)).to.match(/being changed by shop\/test \(process \d+\) since /);
    });
  });

  it("ends with a holder that is killed", async () => {
    const lockModule = require.resolve("@overlaynet/agent/lock/host-lock");
    const program = `require(process.argv[1]).withHostLock({ run: process.argv[2] }, { holder: "doomed" }, () => {
      process.stdout.write("held"); return new Promise(() => setInterval(() => undefined, 1000)); });`;
    const child = spawn(process.execPath, ["-e", program, lockModule, paths.run], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    expect(readFileSync(lockFile(paths), "utf8")).to.match(/doomed/);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await withHostLock(paths, { holder: "heir", patience: 2000 }, () => Promise.resolve("mine"))).to.equal(
      "mine",
    );
  });

  it("is not fooled by a lock on a file that was removed meanwhile", async () => {
    let waiter: Promise<string> | undefined;
    await withHostLock(paths, { holder: "last" }, async () => {
      await new Promise<void>((resolve) => {
        const options = {
          holder: "next",
          onWaiting: () => {
            resolve();
          },
        };
        waiter = withHostLock(paths, options, () => Promise.resolve(readFileSync(lockFile(paths), "utf8")));
      });
      rmSync(join(paths.run), { recursive: true });
    });
    expect(JSON.parse((await waiter) ?? "")).to.include({ holder: "next" });
  });
});
