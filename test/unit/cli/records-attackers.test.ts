import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { well } from "./network.js";
import { overlaynet, type Ran } from "./scene.js";

const mac = "02:42:07:07:07:02";

describe("overlaynet records export and import, in a folder that others may write to", () => {
  let root: string;
  let folder: string;
  let secret: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "overlaynet-attack-"));
    folder = join(root, "records");
    secret = join(root, "secret");
    for (const table of ["arp", "fdb"]) mkdirSync(join(folder, table), { recursive: true });
    writeFileSync(secret, "root:$6$hash");
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const run = (verb: "export" | "import"): Promise<Ran> => overlaynet(["records", verb, folder], well);
  const arp = (name = "7.7.7.2"): string => join(folder, "arp", name);

  it("read no file that a link leads to", async () => {
    symlinkSync(secret, arp());
    const { status, out, err } = await run("import");
    expect(err).to.equal(`error: ${arp()}: expected a file, got a link\n`);
    expect({ status, out }).to.deep.equal({ status: 2, out: "" });
  });

  it("write to no file that a link leads to, and into no folder", async () => {
    symlinkSync(secret, arp());
    expect(await run("export")).to.include({ status: 2, err: `error: ${arp()}: expected a file, got a link\n` });
    expect(readFileSync(secret, "utf8")).to.equal("root:$6$hash");
    expect(lstatSync(arp()).isSymbolicLink()).to.equal(true);
    const elsewhere = join(root, "elsewhere");
    mkdirSync(elsewhere);
    rmSync(join(folder, "arp"), { recursive: true });
    symlinkSync(elsewhere, join(folder, "arp"));
    expect(await run("export")).to.include({ status: 2 });
    expect(readdirSync(elsewhere)).to.deep.equal([]);
  });

  it("wait for no pipe, and read no large file", async () => {
    spawnSync("mkfifo", [arp()]);
    for (const verb of ["export", "import"] as const) {
      const { status, err } = await run(verb);
      expect({ status, verb }).to.deep.equal({ status: 2, verb });
      expect(err).to.contain(arp());
    }
    rmSync(arp());
    writeFileSync(arp(), mac.padEnd(1000));
    expect((await run("import")).err).to.equal(`error: ${arp()}: expected at most 256 bytes, got 1000\n`);
  });

  it("print nothing of a file's name that a terminal obeys", async () => {
    writeFileSync(arp("\u001b]0;owned\u0007\n✓ all well"), `${mac}\n`);
    const { status, err } = await run("import");
    expect(err)
      .to.contain("]0;owned")
      .and.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\n./);
    expect(status).to.equal(2);
  });
});
