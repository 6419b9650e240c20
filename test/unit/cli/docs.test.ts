import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { format } from "prettier";
import { documents, fieldsOf } from "./documents.js";
import { overlaynet } from "./scene.js";

const page = join(process.cwd(), "docs", "cli.md");

describe("docs/cli.md (UPDATE_GOLDEN=1 writes its tables anew)", () => {
  for (const [name, schema] of Object.entries(documents)) {
    it(`has the fields of ${name} --json as its schema has them`, async () => {
      const [begin, end] = [`<!-- fields of ${name} -->`, `<!-- end of ${name} -->`];
      const table = (await format(fieldsOf(schema), { parser: "markdown", printWidth: 120 })).trim();
      const text = readFileSync(page, "utf8");
      const [before = "", rest = ""] = text.split(begin);
      const [told = "", after = ""] = rest.split(end);
      expect(after, `${begin} … ${end} in docs/cli.md`).not.to.equal("");
      if (process.env["UPDATE_GOLDEN"] !== undefined) {
        writeFileSync(page, `${before}${begin}\n\n${table}\n\n${end}${after}`);
      } else {
        expect(told.trim()).to.equal(table);
      }
    });
  }

  it("names every verb", async () => {
    const { out } = await overlaynet(["--help"], []);
    const text = readFileSync(page, "utf8");
    for (const [, verb = ""] of out.matchAll(/^ {2}([a-z]+) /gm)) {
      if (verb !== "help") expect(text).to.contain(`\`overlaynet ${verb}`);
    }
  });
});
