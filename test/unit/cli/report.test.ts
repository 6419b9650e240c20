import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { dead, expected, well } from "./network.js";
import { overlaynet, type Said } from "./scene.js";

describe("overlaynet report", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "overlaynet-report-test-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A host that tells these pieces of files. */
  function telling(said: Said, pieces: readonly object[]): Said {
    const collect = (_: unknown, more: (part: unknown) => void): unknown => {
      pieces.forEach(more);
      return { files: pieces.length };
    };
    return { ...said, answers: { collect } };
  }

  it("is one archive, for its owner alone, with what every host told", async () => {
    const archive = join(folder, "outage.tar.gz");
    const long = [
      { file: "journal.txt", text: "one\n" },
      { file: "journal.txt", text: "two\n" },
    ];
    const hosts = [telling(well[0], long), telling(well[1], [{ file: "links.txt", text: "br0\n" }])];
    const { status, out } = await overlaynet(["report", "--output", archive], hosts, { expected });
    expect({ status, out }).to.deep.equal({
      status: 0,
      out: `${archive}: 5 files; look through it before you send it\n`,
    });
    expect(statSync(archive).mode & 0o777).to.equal(0o600);
    await execa("tar", ["-xzf", archive, "-C", folder]);
    const read = (name: string): string => readFileSync(join(folder, "outage", name), "utf8");
    expect(read("hosts/a/journal.txt")).to.equal("one\ntwo\n");
    expect(read("hosts/b/links.txt")).to.equal("br0\n");
    expect(JSON.parse(read("status.json"))).to.include({ schema: "overlaynet/status/1" });
    expect(JSON.parse(read("doctor.json"))).to.include({ schema: "overlaynet/doctor/1" });
    expect(JSON.parse(read("command.json"))).to.include({ version: "0.1.0" });
  });

  it("has the others beside a host that does not answer, and says which is missing", async () => {
    const archive = join(folder, "r.tar.gz");
    const { status, out } = await overlaynet(["report", "-o", archive], [telling(well[0], []), dead], { expected });
    expect(status).to.equal(3);
    expect(out).to.match(/^\? b \(192\.168\.64\.28\): connect: no answer/m);
    const { stdout } = await execa("tar", ["-xzOf", archive, "r/hosts/b/problem.txt"]);
    expect(stdout).to.contain("no answer within 15 s");
  });

  it("takes from a host nothing but files of its own folder, and not without end", async () => {
    const archive = join(folder, "r.tar.gz");
    const from = async (...pieces: object[]): Promise<string> => {
      rmSync(archive, { force: true });
      const { status, out } = await overlaynet(["report", "-o", archive], [telling(well[0], pieces)], { expected });
      expect(status).to.equal(3);
      return out;
    };
    for (const file of ["../../.bashrc", "/etc/passwd", "..", "", "a/b", "-rf"]) {
      expect(await from({ file, text: "" }), file).to.contain("answer was not understood (file)");
    }
    expect(await from({ file: "a", text: "x".repeat(64_001) })).to.contain("not understood (text)");
    const piece = { file: "a", text: "x".repeat(64_000) };
    expect(await from(...Array.from({ length: 16 }, () => piece))).to.contain("tells more than a report holds");
  });

  it("writes over no file, and says what is wrong with a place that cannot be written", async () => {
    const archive = join(folder, "r.tar.gz");
    const write = (to: string) => overlaynet(["report", "-o", to], [telling(well[0], [])], { expected });
    await write(archive);
    expect(await write(archive)).to.deep.include({ status: 2, err: `error: --output: ${archive} is there already\n` });
    expect((await write(join(folder, "none", "r.tar.gz"))).err).to.contain("--output: ENOENT");
  });
});
