import { UsageError } from "@overlaynet/core/operator/index";
import { expect } from "chai";
import { dead, well } from "./network.js";
import { overlaynet } from "./scene.js";

describe("overlaynet's command line", () => {
  const wrong: readonly (readonly [argv: string, message: RegExp])[] = [
    ["stauts", /unknown command 'stauts'.*Did you mean status\?/s],
    ["status --colour", /unknown option '--colour'/],
    ["status --timeout soon", /--timeout.*expected a number of seconds/s],
    ["status --watch 0", /--watch.*expected a number of seconds/s],
    ["status here", /too many arguments/],
    ["completion tcsh", /Allowed choices are zsh, bash/],
  ];
  for (const [argv, message] of wrong) {
    it(`refuses \`overlaynet ${argv}\` with 2 and a sentence`, async () => {
      const { status, out, err } = await overlaynet(argv.split(" "), well);
      expect(err).to.match(message);
      expect({ status, out }).to.deep.equal({ status: 2, out: "" });
    });
  }

  it("ends with 2 when there is no such stack", async () => {
    const hosts = (): Promise<never> => Promise.reject(new UsageError("no stack named x"));
    const { status, err } = await overlaynet(["status", "--stack", "x"], [], { hosts });
    expect({ status, err }).to.deep.equal({ status: 2, err: "error: no stack named x\n" });
  });

  it("hands on how hosts are named", async () => {
    let given: unknown;
    const hosts = (options: unknown): Promise<never> => {
      given = options;
      return Promise.reject(new UsageError("enough"));
    };
    await overlaynet(["status", "-s", "prod", "-C", "/p", "-H", "a", "-H", "b", "--timeout", "3"], [], { hosts });
    expect(given).to.deep.equal({ stack: "prod", cwd: "/p", host: ["a", "b"], identity: undefined, timeout: 3000 });
  });

  it("has help with examples for every verb, and asks no host for it", async () => {
    const { out } = await overlaynet(["--help"], [dead]);
    const verbs = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, verb = ""]) => verb);
    expect(verbs).to.include.members(["status", "version", "completion"]);
    for (const verb of verbs.filter((one) => !["help", "completion"].includes(one))) {
      const help = await overlaynet([verb, "--help"], [dead]);
      expect({ verb, status: help.status }).to.deep.equal({ verb, status: 0 });
      expect(help.out, verb).to.match(/Examples:\n {2}overlaynet|Commands:/);
    }
  });

  it("tells the versions of all hosts, and 3 with a dead one", async () => {
    const { status, out } = await overlaynet(["version"], [well[0], dead]);
    expect(out).to.match(/^overlaynet 0\.1\.0\n/);
    expect(out).to.match(/^a +192\.168\.64\.27 +0\.1\.0 +0123456789abcdef +6\.1\.0 +x64$/m);
    expect(out).to.match(/^b +192\.168\.64\.28 +not reachable$/m);
    expect(status).to.equal(3);
  });
});
