import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pinnedFiles } from "@overlaynet/agent/artifacts";
import { expect } from "chai";

const root = join(__dirname, "..", "..", "..", "..");
const page = readFileSync(join(root, "docs", "dependencies.md"), "utf8");

type Versions = Readonly<Record<string, string>>;
interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly optionalDependencies?: Versions;
}

/** The package.json of the root and of every workspace, by folder. */
function manifests(): [string, Manifest][] {
  const folders = readdirSync(root).concat(readdirSync(join(root, "examples")).map((name) => join("examples", name)));
  return ["", ...folders]
    .filter((folder) => !folder.startsWith("node_modules") && existsSync(join(root, folder, "package.json")))
    .map((folder) => [folder, JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest]);
}

/** Rows of the page's tables under a heading, cell by cell. */
function rows(from: string, to: string): string[][] {
  const section = page.slice(page.indexOf(`\n## ${from}\n`), page.indexOf(`\n## ${to}\n`));
  return [...section.matchAll(/^\| `.*$/gm)].map(([row]) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("docs/dependencies.md", () => {
  const told = rows("On hosts", "Install scripts");

  it("has a row for each dependency and pinned file, of the version that is used, and no other", () => {
    const used = new Map(pinnedFiles.map(({ package: name, version }) => [name, version]));
    for (const [folder, { dependencies, devDependencies, optionalDependencies }] of manifests()) {
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
        if (name === "overlaynet" || name.startsWith("@overlaynet/")) continue;
        expect(used.get(name) ?? version, `${name} in ${folder}/package.json`).to.equal(version);
        used.set(name, version);
      }
    }
    const names = told.map(([name = "", version = ""]) => `${name} ${version}`);
    expect(names.sort()).to.deep.equal([...used].map(([name, version]) => `\`${name}\` ${version}`).sort());
  });

  it("leaves no cell of a row empty", () => {
    for (const row of told) {
      expect(row, row[0]).to.have.length(6);
      expect(row.filter((cell) => cell === "")).to.deep.equal([]);
      expect(row[5]).to.match(/^20\d\d-\d\d$/);
    }
  });

  it("names every package that has an install script, and none of them runs", () => {
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const scripted = Object.entries(lock.packages).flatMap(([place, { hasInstallScript }]) =>
      hasInstallScript === true ? [place.replace(/^.*node_modules\//, "")] : [],
    );
    const names = rows("Install scripts", "Known vulnerabilities").map(([name]) => name);
    expect(names.sort()).to.deep.equal([...new Set(scripted)].map((name) => `\`${name}\``).sort());
    expect(readFileSync(join(root, ".npmrc"), "utf8").split("\n")).to.include("ignore-scripts=true");
    const own = manifests().flatMap(([folder, { scripts = {} }]) =>
      Object.keys(scripts)
        .filter((name) => /install|prepare|pack|publish/.test(name))
        .map((name) => `${folder}: ${name}`),
    );
    expect(own).to.deep.equal([]);
  });
});
