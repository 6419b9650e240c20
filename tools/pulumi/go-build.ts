import { join } from "node:path";
import { execa } from "execa";
import { CLI_VERSION, LANGUAGE_HOST_VERSION } from "./version.js";

/** A program that is built from a wrapper module of this folder, whose go.sum pins every byte of its sources. */
interface Program {
  readonly module: string;
  readonly package: string;
  readonly version: string;
  readonly tags: string;
}

const PROGRAMS: readonly Program[] = [
  {
    module: "pulumi-language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    version: LANGUAGE_HOST_VERSION,
    tags: "",
  },
  {
    module: "pulumi-cli",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version: CLI_VERSION,
    tags: "osusergo,grpcnotrace",
  },
];

/**
 * Builds `pulumi` and `pulumi-language-nodejs` into `into`. Minutes when Go's own cache is cold.
 *
 * @param toolsDir the folder that holds the wrapper modules.
 * @throws execa's error, with what Go printed, when a build fails.
 */
export async function buildFromGoModules(toolsDir: string, into: string): Promise<void> {
  for (const program of PROGRAMS) {
    // Without the version in it `pulumi version` prints nothing, and Pulumi's Automation API refuses to use it.
    const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${program.version}`;
    const flags = ["-trimpath", "-tags", program.tags, "-ldflags", `-s -w ${version}`];
    await execa("go", ["build", ...flags, "-o", join(into, "/"), program.package], {
      cwd: join(toolsDir, program.module),
      env: { CGO_ENABLED: "0", GOWORK: "off" },
      stdin: "ignore",
    });
  }
}
