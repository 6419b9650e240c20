import { mkdir, mkdtemp, readFile, rm, writeFile, chmod } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import { expect } from "chai";
import { UsageError } from "@overlaynet/core/operator/index";
import { printAdministratorScript } from "@overlaynet/provider/install/command";
import { pruneScript } from "@overlaynet/provider/install/put";
import { rejectedWith } from "../resource/rejected.js";

describe("overlaynet install --print", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "overlaynet-install-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function printed(user: string, architecture = "x64"): Promise<string> {
    const bundle = join(folder, "bundle");
    const node = join(folder, "node.gz");
    await writeFile(bundle, "x".repeat(200));
    await writeFile(node, gzipSync("runtime"));
    const artifacts = {
      agent: () =>
        Promise.resolve({
          version: "0.1.0",
          digest: "abc",
          files: [{ name: "overlaynet.cjs", path: bundle, mode: 0o644 }],
        }),
      runtime: () =>
        Promise.resolve({ sha256OfNode: createHash("sha256").update("runtime").digest("hex"), gzipPath: node }),
      runtimeDigest: () => "def",
    };
    const out = new PassThrough();
    const text = out.toArray();
    await printAdministratorScript({ user, architecture }, out, () => undefined, artifacts);
    out.end();
    return Buffer.concat(await text).toString("utf8");
  }

  it("prints a script that a shell can read, with the files and one line of sudoers", async () => {
    const script = await printed("deploy");
    expect((await execa("sh", ["-n"], { input: script })).exitCode).to.equal(0);
    expect(script).to.contain("deploy ALL=(root) NOPASSWD: /usr/local/bin/overlaynet session'");
    expect(script).to.contain("echo administrator > /usr/local/lib/overlaynet/installed-by");
    const lines = Buffer.from("x".repeat(200)).toString("base64");
    expect(script).to.contain(`<<'END'\n${lines.slice(0, 76)}\n${lines.slice(76, 152)}\n`);
    expect(script.split("\n").every((line) => line.length < 300)).to.equal(true);
  });

  it("says what is wrong with a name", async () => {
    const wrong = await rejectedWith(UsageError, printed("a;reboot"));
    expect(wrong.message).to.match(/^--user: expected .* got "a;reboot"$/);
    const arch = await rejectedWith(UsageError, printed("a", "mips"));
    expect(arch.message).to.match(/^--architecture: expected x64 or arm64, got "mips"$/);
  });

  it("leaves of earlier versions what still runs, and the runtime that starts it", async () => {
    const library = join(folder, "lib");
    for (const [agent, node] of [
      ["agent-old", "node-old"],
      ["agent-runs", "node-runs"],
      ["agent-new", "node-new"],
    ] as const) {
      await mkdir(join(library, agent), { recursive: true });
      await mkdir(join(library, node));
      await writeFile(
        join(library, agent, "overlaynet"),
        `#!/bin/sh\nexec ${library}/${node}/node ${library}/${agent}/x "$@"\n`,
      );
      await chmod(join(library, agent, "overlaynet"), 0o755);
    }
    const runs = execa("sh", ["-c", "read -r line", join(library, "agent-runs", "overlaynet.cjs")], { stdin: "pipe" });
    try {
      await execa("sh", ["-c", pruneScript, "prune", library, "agent-new"]);
    } finally {
      runs.stdin.end("\n");
      await runs;
    }
    const left = ["old", "runs", "new"].map((name) =>
      [`agent-${name}`, `node-${name}`].map((one) => existsSync(join(library, one))),
    );
    expect(left).to.deep.equal([
      [false, false],
      [true, true],
      [true, true],
    ]);
    expect(await readFile(join(library, "agent-new", "overlaynet"), "utf8")).to.contain("node-new");
  });
});
