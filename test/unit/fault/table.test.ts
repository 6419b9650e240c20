import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const root = join(__dirname, "..", "..", "..", "..");
const table = readFileSync(join(root, "test", "fault", "README.md"), "utf8");
const rows = [...table.matchAll(/^\|\s*(\d+)\s*\|(.+)\|(.+)\|$/gm)].map(([, number, fault = "", shown = ""]) => ({
  number: Number(number),
  fault: fault.trim(),
  named: [...shown.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
}));

/** A file of this folder, a path below test/ without its ending, or a script of the root. */
function exists(name: string): boolean {
  if (name.startsWith("npm run ")) {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
    return name.slice("npm run ".length) in scripts;
  }
  const path = join(root, "test", name.includes("/") ? name : join("fault", name));
  return [path, `${path}.ts`, `${path}.test.ts`].some((candidate) => existsSync(candidate));
}

describe("the table of faults", () => {
  it("has a row for each of the twenty-four", () => {
    expect(rows.map(({ number }) => number)).to.deep.equal(Array.from({ length: 24 }, (_, index) => index + 1));
  });

  for (const { number, fault, named } of rows) {
    it(`says where ${number} is shown, and it is there: ${fault}`, () => {
      expect(named).not.to.deep.equal([]);
      expect(named.filter((name) => !exists(name))).to.deep.equal([]);
    });
  }

  it("names every fault of its folder", () => {
    const files = readdirSync(join(root, "test", "fault")).filter((file) => /^[a-z-]+\.ts$/.test(file));
    const parts = new Set(["fault.ts", "index.ts", "scene.ts"]);
    const named = new Set(rows.flatMap((row) => row.named));
    expect(files.filter((file) => !parts.has(file) && !named.has(file))).to.deep.equal([]);
  });
});
