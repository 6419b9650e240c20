import { expect } from "chai";
import fc from "fast-check";
import { LineSplitter, LineTooLong } from "@overlaynet/agent/session/lines";

describe("the session's lines", () => {
  it("come out as they went in, however the bytes are cut", () => {
    const line = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => JSON.stringify(text));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (lines, sizes) => {
        const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(""));
        const splitter = new LineSplitter(1_000_000);
        const got: string[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          got.push(...splitter.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(got).to.eql(lines);
      }),
    );
  });

  it("leave out empty ones", () => {
    expect(new LineSplitter(10).push(Buffer.from("\n\r\n  \na\n"))).to.eql(["a"]);
  });

  it("are bounded, also one whose end has not come", () => {
    const splitter = new LineSplitter(4);
    expect(splitter.push(Buffer.from("abcd\n"))).to.eql(["abcd"]);
    splitter.push(Buffer.from("abc"));
    expect(() => splitter.push(Buffer.from("de"))).to.throw(LineTooLong);
  });
});
