import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { expect } from "chai";
import { skipBecause } from "../../skip.js";

const bin = require.resolve("overlaynet/bin");

/** A shell as a person has it, without anything of this machine's profiles, and what makes completion work there. */
const shells = [
  { shell: "bash", argv: "bash --norc --noprofile -i", ready: "" },
  { shell: "zsh", argv: "zsh -f -i", ready: "autoload -Uz compinit && compinit -u -D; " },
] as const;

/** Stands in for the command where it would run, and says with what; what shells ask of it goes to the real one. */
const wrapper = `#!/bin/sh
case $1 in
  complete | completion) exec "${process.execPath}" "${bin}" "$@" ;;
  *) printf 'ran<%s>\\n' "$*" ;;
esac
`;

describe("overlaynet's completion", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "overlaynet-completion-"));
    writeFileSync(join(folder, "overlaynet"), wrapper, { mode: 0o755 });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const { shell, argv, ready } of shells) {
    it(`completes verbs and options in ${shell} when Tab is pressed`, async function () {
      for (const needed of [shell, "script"]) {
        if (spawnSync(needed, ["--version"]).error !== undefined) skipBecause(this, `needs ${needed}`);
      }
      const typed = [
        `${ready}. <(overlaynet completion ${shell})`,
        "overlaynet stat\t--wat\t",
        "overlaynet records exp\t",
        "exit 0",
      ];
      const { stdout } = await execa("script", ["--quiet", "--command", argv, "/dev/null"], {
        input: typed.map((line) => `${line}\n`).join(""),
        env: { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`, TERM: "dumb" },
        timeout: 50_000,
      });
      expect(stdout).to.match(/^ran<status --watch ?>/m);
      expect(stdout).to.match(/^ran<records export ?>/m);
      expect(stdout).not.to.contain("not found");
    });
  }

  it("offers the verbs, and the options of a verb", async () => {
    const offered = async (...line: string[]): Promise<string> =>
      (await execa(process.execPath, [bin, "complete", "--", ...line])).stdout;
    expect(await offered("st")).to.match(/^status\t/m);
    expect(await offered("status", "--wa")).to.match(/^--watch\t/m);
  });
});
