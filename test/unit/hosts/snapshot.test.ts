import { expect } from "chai";
import { diffSnapshots, parseSnapshot } from "../../hosts/snapshot.js";

describe("snapshots of a host", () => {
  const before = parseSnapshot("\n@@ host links\nlo\neth0\n\n@@ users\nroot\n\n@@ network namespaces\n1\n");

  it("are cut into sections", () => {
    expect(before).to.deep.equal({ "host links": "lo\neth0", users: "root", "network namespaces": "1" });
  });

  it("that are equal have no difference", () => {
    expect(diffSnapshots(before, { ...before, "host links": "eth0\nlo" })).to.equal("");
  });

  it("differ in lines, sections and how often a line occurs", () => {
    const after = { ...before, "host links": "lo\nlo\nbr0", "netns x": "y" };
    const text = "host links:\n  - eth0\n  + lo\n  + br0\nnetns x:\n  + y";
    expect(diffSnapshots(before, after)).to.equal(text);
  });
});
