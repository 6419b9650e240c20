import { execFileSync } from "node:child_process";
import { expect } from "chai";
import fc from "fast-check";
import { quote } from "@overlaynet/provider/ssh/quote";

describe("a quoted command", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({
      unit: fc.constantFrom("'", '"', "\\", "$", "`", "(", ")", " ", "\n", "-", "*", "~", "!", "#", ";", "&", "|"),
    }),
    fc.constantFrom("-n", "--", "$(id)", "`id`", "'; id; '", "\n", "", "a\tb", "*"),
  );

  it("is read back word for word by the shell", () => {
    fc.assert(
      fc.property(
        fc.array(
          nasty.filter((word) => !word.includes("\0")),
          { minLength: 1, maxLength: 20 },
        ),
        (words) => {
          // printf ends each argument with a byte that no argument can hold.
          const line = quote(["printf", "%s\\0", ...words]);
          const printed = execFileSync("/bin/sh", ["-c", line]).toString("utf8");
          expect(printed.split("\0").slice(0, -1)).to.deep.equal(
            words.map((word) => Buffer.from(word).toString("utf8")),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("cannot hold a NUL byte", () => {
    expect(() => quote(["a\0b"])).to.throw(/NUL/);
  });
});
