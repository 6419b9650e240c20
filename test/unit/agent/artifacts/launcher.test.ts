import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launcher, resolverFlags } from "@overlaynet/agent/artifacts";
import { expect } from "chai";
import { execaSync } from "execa";

describe("the agent's launcher", () => {
  const folder = mkdtempSync(join(tmpdir(), "overlaynet-launcher-"));
  const path = join(folder, "overlaynet");

  before(() => {
    writeFileSync(path, launcher("echo", "/a"));
    chmodSync(path, 0o755);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("starts the resolver from its own file, as it is to run", () => {
    const { stdout } = execaSync(path, ["resolver", "--config", "a b"]);
    expect(stdout).to.equal(`${resolverFlags.join(" ")} /a/resolver.cjs resolver --config a b`);
  });

  it("starts everything else from another, with Node as it is", () => {
    expect(execaSync(path, ["session"]).stdout).to.equal("/a/overlaynet.cjs session");
    expect(execaSync(path).stdout).to.equal("/a/overlaynet.cjs");
  });
});
