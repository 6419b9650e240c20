import { expect } from "chai";
import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { clean, same } from "@overlaynet/provider/bag";

describe("a clean bag", () => {
  const anything = fc.dictionary(
    fc.string().filter((key) => key !== "__proto__"),
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
  );

  it("is what the engine's Struct takes, whatever was put in", () => {
    fc.assert(
      fc.property(anything, (bag) => {
        Struct.fromJavaScript(clean(bag) as never);
      }),
    );
  });

  it("keeps all that JSON can say", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((key) => key !== "__proto__"),
          fc.jsonValue(),
        ),
        (bag) => {
          expect(JSON.parse(JSON.stringify(clean(bag)))).to.deep.equal(JSON.parse(JSON.stringify(bag)));
        },
      ),
    );
  });

  it("is the same in whatever order", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (bag) => {
        const turned = Object.fromEntries(Object.entries(bag).reverse());
        expect(same(bag, turned)).to.equal(true);
        expect(same({ ...bag, extra: undefined }, turned)).to.equal(true);
        expect(same({ ...bag, extra: 1 }, { ...turned, extra: 2 })).to.equal(false);
      }),
    );
  });
});
