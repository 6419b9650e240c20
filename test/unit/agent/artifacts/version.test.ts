import { readFileSync } from "node:fs";
import { join } from "node:path";
import { agentVersion, runtimeDigest } from "@overlaynet/agent/artifacts";
import { expect } from "chai";

const checkout = join(__dirname, "..", "..", "..", "..", "..");

describe("what is put on a host", () => {
  it("has the version of its package", () => {
    const { version } = JSON.parse(readFileSync(join(checkout, "agent", "package.json"), "utf8")) as {
      version: string;
    };
    expect(agentVersion).to.equal(version);
  });

  it("runs on a runtime of its own for each architecture, named by content", () => {
    expect(runtimeDigest("x64")).to.match(/^[0-9a-f]{16}$/);
    expect(runtimeDigest("arm64"))
      .to.match(/^[0-9a-f]{16}$/)
      .and.not.to.equal(runtimeDigest("x64"));
  });
});
