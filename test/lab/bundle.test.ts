import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { run } from "../hosts/command.js";

/** The checkout, seen from where this file is compiled to. */
const checkout = join(__dirname, "..", "..", "..");

/** Needs no lab host: it is here because it installs packages, which takes longer than a unit test may. */
describe("the agent's bundles", function () {
  this.timeout(240_000);

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "overlaynet-bundle-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** The sources alone, in a folder of their own: its packages installed as the lock file says, and built. */
  async function cleanBuild(...path: string[]): Promise<string> {
    const place = join(folder, ...path);
    const made = new Set(["node_modules", "dist", "build", "coverage", ".git"]);
    await cp(checkout, place, { recursive: true, filter: (from) => !made.has(basename(from)) });
    await run(["npm", "ci", "--workspace", "agent", "--prefer-offline", "--no-progress"], { cwd: place });
    await run(["node", "bundle.mjs"], { cwd: join(place, "agent") });
    return digestOf(place);
  }

  async function digestOf(place: string): Promise<string> {
    const hash = createHash("sha256");
    for (const name of ["overlaynet.cjs", "resolver.cjs", "exposition.cjs"]) {
      hash.update(await readFile(join(place, "agent", "build", name)));
    }
    return hash.digest("hex");
  }

  it("are the same, byte for byte, from two clean builds at different places, and what the checkout has", async () => {
    const digests = [await cleanBuild("one"), await cleanBuild("the", "other one"), await digestOf(checkout)];
    process.stdout.write(`        sha256 ${digests[0]}\n`);
    expect(new Set(digests).size, digests.join(" ")).to.equal(1);
  });
});
