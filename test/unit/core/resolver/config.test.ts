import { parseResolverConfig, resolverConfigOf } from "@overlaynet/core/records";
import { OverlaySpec } from "@overlaynet/core/desired/spec";
import { expect } from "chai";
import { config } from "./samples.js";

describe("a resolver's configuration", () => {
  it("survives being written as JSON", () => {
    expect(parseResolverConfig(JSON.parse(JSON.stringify(config)))).to.deep.equal(config);
  });

  it("is refused with the key that is wrong", () => {
    for (const key of Object.keys(config)) {
      expect(() => parseResolverConfig({ ...config, [key]: 7.5 }), key).to.throw(` as ${key}, got 7.5`);
    }
    expect(() => parseResolverConfig(null)).to.throw(" as overlay, got undefined");
  });

  it("is made from an overlay's spec, its own VTEP by its own name", () => {
    const hosts = { a: config.local, b: "192.168.64.28" };
    const more = { overlayId: "lab-1", port: 4789, mtu: 1450, namespace: "overns-42", leaving: false };
    const { local: _, ...rest } = config;
    const spec = OverlaySpec.parse({ kind: "overlay", ...rest, ...more, host: "a", hosts });
    expect(resolverConfigOf(spec)).to.deep.equal(config);
    expect(() => resolverConfigOf({ ...spec, host: "z" as typeof spec.host })).to.throw("one of the overlay's hosts");
  });
});
