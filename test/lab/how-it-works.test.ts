import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { Lab } from "../hosts/index.js";
import { normalise, renderPage } from "../transcript/transcript.js";
import { page, walk } from "../transcript/walk.js";

describe("docs/how-it-works.md", function () {
  this.timeout(300_000);

  let lab: Lab;

  before(async () => {
    lab = await Lab.up({ name: "how-it-works", hosts: 2 });
  });
  after(() => Lab.down("how-it-works"));

  it("shows what hosts print, apart from what varies (`npm run docs` writes it anew)", async () => {
    const text = await readFile(page, "utf8");
    const comparable = (whole: string): string => whole.split("\n").map(normalise).join("\n");
    expect(comparable(renderPage(await walk(lab, text)))).to.equal(comparable(text));
  });
});
