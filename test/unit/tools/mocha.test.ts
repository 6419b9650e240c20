import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";

const ROOT = join(__dirname, "..", "..", "..", "..");
const REPORTER = join(ROOT, "tools", "dist", "mocha", "reporter.js");
const SKIP = join(ROOT, "test", "dist", "skip.js");

describe("a counted test run", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "overlaynet-mocha-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs mocha on a file of this text. */
  async function mocha(text: string): Promise<{ counts: string; exitCode: number | undefined; output: string }> {
    const file = join(folder, "some.test.cjs");
    const result = join(folder, "result");
    writeFileSync(file, `const { skipBecause } = require(${JSON.stringify(SKIP)});\n${text}`);
    const cli = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
    const options = ["--no-config", "--reporter", REPORTER, file];
    const { exitCode, all } = await execa(process.execPath, [cli, ...options], {
      env: { OVERLAYNET_RESULT_FILE: result },
      reject: false,
      all: true,
    });
    return { counts: readFileSync(result, "utf8").trim(), exitCode, output: all };
  }

  it("writes what passed, failed and was skipped", async () => {
    const { counts, exitCode, output } = await mocha(`
      it("good", () => {});
      it("better", () => {});
      it("bad", () => { throw new Error("bad"); });
      it("elsewhere", function () { skipBecause(this, "no such kernel"); });`);
    expect(counts).to.equal("2 1 1");
    expect(exitCode).to.equal(1);
    expect(output).to.include("elsewhere (skipped: no such kernel)");
  });

  it("takes a reason for a whole suite, and for each test of one", async () => {
    const { counts, exitCode } = await mocha(`
      describe("all", () => {
        before(function () { skipBecause(this, "no root"); });
        it("one", () => {});
        describe("inner", () => { it("two", () => {}); });
      });
      describe("each", () => {
        beforeEach(function () { skipBecause(this, "no kernel"); });
        it("three", () => {});
      });`);
    expect(counts).to.equal("0 0 3");
    expect(exitCode).to.equal(0);
  });

  it("fails a test that is skipped without a reason", async () => {
    const { counts, exitCode, output } = await mocha(`it("good", () => {}); it.skip("lazy", () => {});`);
    expect(counts).to.equal("1 1 0");
    expect(exitCode).to.equal(1);
    expect(output).to.include(`"lazy" is skipped and does not say why`);
  });
});
