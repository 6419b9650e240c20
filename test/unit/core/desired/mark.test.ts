import { addressLabel, formatMark, type InterfaceName, parseMark } from "@overlaynet/core";
import { expect } from "chai";

describe("marks", () => {
  it("say the overlay, kind, name and owner in one word", () => {
    const parts = { overlay: "lab", kind: "container", name: "red", uid: "3f.A_-1" } as const;
    expect(formatMark(parts)).to.equal("overlaynet:lab:container:red:3f.A_-1");
    expect(parseMark("overlaynet:lab:container:red:3f.A_-1")).to.deep.equal(parts);
  });

  it("fit an alias of 255 bytes at their longest", () => {
    const name = "n".repeat(63);
    expect(formatMark({ overlay: name, kind: "container", name, uid: "u".repeat(64) })).to.have.lengthOf(213);
  });

  it("are told from other aliases", () => {
    for (const alias of [
      undefined,
      "",
      "overlaynet",
      "uplink to core:1",
      "overlaynet:lab:volume:red:u",
      "overlaynet:lab:container:red:",
    ]) {
      expect(parseMark(alias)).to.equal(undefined);
    }
  });
});

describe("addressLabel", () => {
  it("begins with the device's name and is left out where 15 bytes do not hold it", () => {
    expect(addressLabel("eth0" as InterfaceName)).to.equal("eth0:ov");
    expect(addressLabel("twelve-bytes" as InterfaceName)).to.equal("twelve-bytes:ov");
    expect(addressLabel("thirteen-byte" as InterfaceName)).to.equal(undefined);
  });
});
