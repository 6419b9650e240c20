import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { members } from "./declared.js";

/** The checkout, seen from where this file is compiled to. */
const checkout = join(__dirname, "..", "..", "..", "..");

const pages = [
  { page: "overlay.md", source: "overlay.ts", args: "OverlayArgs", resource: "Overlay" },
  { page: "container.md", source: "container.ts", args: "ContainerArgs", resource: "Container" },
  { page: "neigh-entry.md", source: "neigh-entry.ts", args: "NeighEntryArgs", resource: "NeighEntry" },
];

/** The rows of the table below a heading: what the first cell names, and all the text of the row. */
function table(page: string, heading: RegExp): { name: string; row: string }[] {
  const text = readFileSync(join(checkout, "docs", page), "utf8");
  const [, rest] = text.split(heading);
  if (rest === undefined) throw new Error(`${page} has no ${heading.source}`);
  const section = rest.split(/^#/m)[0] ?? "";
  return section.split("\n").flatMap((row) => {
    const first = /^\| *(`[^|]*`) *\|/.exec(row)?.[1] ?? "";
    return [...first.matchAll(/`(\w+)[.\w]*`/g)].map(([, name]) => ({ name: name!, row }));
  });
}

const names = (all: readonly { name: string }[]): string[] => [...new Set(all.map(({ name }) => name))].sort();

describe("the page of", () => {
  for (const { page, source, args, resource } of pages) {
    describe(resource, () => {
      it("lists every input, and no other", () => {
        expect(names(table(page, /^## Inputs$/m))).to.deep.equal(names(members(source, args)));
      });

      it("says of the same inputs as the docstrings that they replace", () => {
        const inDocs = table(page, /^## Inputs$/m).filter(({ row }) => /\| *replaces *\|/.test(row));
        const inCode = members(source, args).filter(({ said }) => /Changing it replaces/.test(said));
        expect(names(inCode)).to.deep.equal(names(inDocs));
      });

      it("lists outputs that programs can use, and every input is one", () => {
        const inputs = members(source, args).filter(({ name }) => name !== "overlay");
        const listed = [...inputs, ...table(page, /^## Outputs$/m)];
        expect(names(members(source, resource))).to.deep.equal(names(listed));
      });

      it("has an example, and says what replaces, what drift is, and how to adopt", () => {
        const text = readFileSync(join(checkout, "docs", page), "utf8");
        expect(text).to.match(new RegExp("```ts\n[^`]*new " + resource + "\\("));
        for (const heading of ["## What replaces", "## Drift", "## Adopting"]) expect(text).to.contain(heading);
      });
    });
  }

  it("Overlay lists every input of a connection", () => {
    expect(names(table("overlay.md", /^### `connection`$/m))).to.deep.equal(
      names(members("connection.ts", "ConnectionArgs")),
    );
  });
});

describe("every input and output", () => {
  const declared = [
    ...pages.flatMap(({ source, args, resource }) => [...members(source, args), ...members(source, resource)]),
    ...members("overlay.ts", "TimeoutsArgs"),
    ...members("connection.ts", "ConnectionArgs"),
    ...members("connection.ts", "HostArgs"),
    ...members("overlay-ref.ts", "OverlayRef"),
  ];

  it("has a docstring that is a sentence", () => {
    expect(declared.length).to.be.greaterThan(70);
    const bare = declared.filter(({ said }) => !/^\/\*\*[^]*[A-Z][^]*\.\s*\*\/$/.test(said));
    expect(bare.map(({ name }) => name)).to.deep.equal([]);
  });
});
