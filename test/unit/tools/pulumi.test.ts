import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checksumOf } from "@overlaynet/tools/pulumi/release";
import { CLI_VERSION, fits, LANGUAGE_HOST_VERSION } from "@overlaynet/tools/pulumi/version";
import { expect } from "chai";

const ROOT = join(__dirname, "..", "..", "..", "..");

describe("the Pulumi CLI", () => {
  it("has one version: the Go modules' and the SDK's", () => {
    const requirement = (module: string): string => readFileSync(join(ROOT, "tools", module, "go.mod"), "utf8");
    expect(requirement("pulumi-cli")).to.include(`github.com/pulumi/pulumi/pkg/v3 v${CLI_VERSION} `);
    expect(requirement("pulumi-language-nodejs")).to.include(
      `github.com/pulumi/pulumi/sdk/v3 v${LANGUAGE_HOST_VERSION} `,
    );
    const sdk = JSON.parse(readFileSync(join(ROOT, "sdk", "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    expect(sdk.devDependencies["@pulumi/pulumi"]).to.equal(CLI_VERSION);
  });

  it("of PATH fits when it is as new, and of the same major version", () => {
    for (const good of ["v3.248.0", "v3.248.1\n", "3.300.0"]) expect(fits(good), good).to.equal(true);
    for (const bad of ["v3.247.9", "v4.0.0", "v2.999.0", "", "v3.248.0-dev", "dev"]) {
      expect(fits(bad), bad).to.equal(false);
    }
  });

  it("is checked against the line of its own archive", () => {
    const [one, two] = ["1".repeat(64), "2".repeat(64)];
    const sums = `${one}  pulumi-v1-linux-x64.tar.gz\n${two} *pulumi-v1-linux-arm64.tar.gz\nnonsense  other\n`;
    expect(checksumOf("pulumi-v1-linux-x64.tar.gz", sums)).to.equal(one);
    expect(checksumOf("pulumi-v1-linux-arm64.tar.gz", sums)).to.equal(two);
    expect(() => checksumOf("other", sums)).to.throw("do not name other");
    expect(() => checksumOf("pulumi-v1-linux-x64.tar.gz.sig", sums)).to.throw("do not name");
  });
});
