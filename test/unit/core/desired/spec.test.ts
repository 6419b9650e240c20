import { Desired, desiredFile, Spec, targetOf } from "@overlaynet/core";
import { Request } from "@overlaynet/core/protocol";
import { expect } from "chai";
import { containerFile, overlayFile } from "../../../model-kernel/specs.js";

/** Where and why a value is not what the schema describes. */
function issues(result: {
  success: boolean;
  error?: { issues: readonly { path: PropertyKey[]; message: string }[] };
}): string[] {
  return (result.error?.issues ?? []).map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
}

describe("Spec", () => {
  const red = containerFile("red", "7.7.7.2");

  it("is the same after it went over the wire or to a file", () => {
    for (const file of [overlayFile(), red]) {
      expect(Desired.parse(JSON.parse(JSON.stringify(file)))).to.deep.equal(file);
    }
  });

  it("says of every wrong value where it is, what was expected and what was given", () => {
    const given = { ...overlayFile().spec, vni: 0, cidr: "7.7.7.1/24", gateway: "7.7.7", hosts: { a: "nowhere" } };
    const found = issues(Spec.safeParse(given));
    expect(found).to.have.lengthOf(4);
    expect(found[0]).to.equal('hosts.a: expected an IPv4 address such as 7.7.7.2, got "nowhere"');
    expect(found.slice(1).map((sentence) => sentence.split(":")[0])).to.deep.equal(["vni", "cidr", "gateway"]);
    expect(found[2]).to.match(/\(7\.7\.7\.0\/24\?\), got "7\.7\.7\.1\/24"$/);
  });

  it("refuses what it does not know, and what is missing", () => {
    expect(issues(Spec.safeParse({ ...red.spec, colour: "red" }))[0]).to.match(/colour/);
    const { mac: _mac, ...rest } = red.spec as Extract<Spec, { kind: "container" }>;
    expect(issues(Spec.safeParse(rest))).to.have.lengthOf(1);
  });

  it("refuses identifiers that a command line would not take as one word", () => {
    for (const uid of ["", "a b", "a;b", "a\nb", "a:b", "a#b", "u".repeat(65)]) {
      expect(Desired.safeParse({ ...red, owner: { ...red.owner, uid } }).success, uid).to.equal(false);
    }
  });

  it("names the file of its target", () => {
    expect(desiredFile(targetOf(overlayFile().spec))).to.equal("desired/overlay.json");
    expect(desiredFile(targetOf(red.spec))).to.equal("desired/container-red.json");
  });
});

describe("Request", () => {
  it("takes an apply of any spec and a removal of any target", () => {
    const { owner, generation, spec } = containerFile("red", "7.7.7.2");
    const apply = { id: 1, op: "apply", owner, generation, spec, adopt: false };
    expect(Request.parse(JSON.parse(JSON.stringify(apply)))).to.deep.equal(apply);
    const remove = { id: 2, op: "remove", owner, generation, target: targetOf(spec), overlayId: "lab-1f" };
    expect(Request.parse(JSON.parse(JSON.stringify(remove)))).to.deep.equal(remove);
  });

  it("refuses other operations, and a target that its kind does not have", () => {
    expect(Request.safeParse({ id: 1, op: "reboot" }).success).to.equal(false);
    const { owner } = overlayFile();
    const target = { kind: "overlay", overlay: "lab", name: "red" };
    expect(Request.safeParse({ id: 1, op: "read", owner, target }).success).to.equal(false);
  });
});
