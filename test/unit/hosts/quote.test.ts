import { execFileSync } from "node:child_process";
import { expect } from "chai";
import fc from "fast-check";
import { shellLine } from "../../hosts/quote.js";

describe("a line for a shell", () => {
  it("leaves plain words as they are", () => {
    expect(shellLine(["ip", "-n", "a", "addr", "add", "7.7.7.2/24"])).to.equal("ip -n a addr add 7.7.7.2/24");
  });

  it("makes a shell run exactly the words it was made from", () => {
    const word = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (words) => {
        const seen = execFileSync("sh", ["-c", shellLine(["printf", "%s\\0", ...words])], { encoding: "utf8" });
        // printf prints its format once even without words.
        expect(seen).to.equal(words.length === 0 ? "\0" : words.map((text) => `${text}\0`).join(""));
      }),
      { numRuns: 100 },
    );
  });
});
