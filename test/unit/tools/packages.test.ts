import { identityOf, type Places, productionPlaces, resolvePlace } from "@overlaynet/tools/packages/lock";
import { type Sbom, sbomOf } from "@overlaynet/tools/packages/sbom";
import { expect } from "chai";

const places: Places = {
  app: { name: "@o/app", version: "1.0.0", dependencies: { "@o/lib": "1.0.0", a: "2.0.0" } },
  "node_modules/@o/app": { resolved: "app", link: true },
  "node_modules/@o/lib": { resolved: "lib", link: true },
  lib: { name: "@o/lib", version: "1.0.0", dependencies: { a: "1.0.0", "@o/app": "1.0.0" } },
  "lib/node_modules/a": { version: "1.0.0" },
  "node_modules/a": { version: "2.0.0", dependencies: { b: "1.0.0" }, optionalDependencies: { elsewhere: "1.0.0" } },
  "node_modules/a/node_modules/b": { version: "1.1.0", dependencies: { c: "1.0.0" } },
  "node_modules/b": { version: "1.0.0" },
  "node_modules/c": { version: "1.0.0" },
  "node_modules/tester": { version: "1.0.0" },
};

describe("what comes with a package", () => {
  it("is found as Node.js finds it: the nearest first, workspaces in their own folders", () => {
    expect(resolvePlace(places, "lib", "a")).to.equal("lib/node_modules/a");
    expect(resolvePlace(places, "app", "a")).to.equal("node_modules/a");
    expect(resolvePlace(places, "node_modules/a", "b")).to.equal("node_modules/a/node_modules/b");
    expect(resolvePlace(places, "app", "@o/lib")).to.equal("lib");
    expect(resolvePlace(places, "app", "elsewhere")).to.equal(undefined);
  });

  it("is all that it depends on, and what that depends on, round and round", () => {
    expect(productionPlaces(places, "app").map((place) => identityOf(places, place))).to.deep.equal(
      ["@o/lib@1.0.0", "a@1.0.0", "a@2.0.0", "b@1.1.0", "c@1.0.0"].sort((one, other) => one.localeCompare(other)),
    );
  });
});

describe("a package's bill of materials", () => {
  const component = (name: string): Sbom["components"][number] => ({ "bom-ref": name, type: "library" });
  const workspace: Sbom = {
    serialNumber: "urn:uuid:1",
    metadata: { timestamp: "now", component: component("workspace@1") },
    components: [component("app@1"), component("a@1"), component("tester@1")],
    dependencies: [
      { ref: "app@1", dependsOn: ["a@1", "tester@1"] },
      { ref: "tester@1", dependsOn: [] },
    ],
  };
  const file = { package: "@k/n", version: "3", integrity: "sha512-x", file: "package/n.node", sha256: "abc" };

  it("has what comes with it and the files in it, nothing else, and nothing that changes by itself", () => {
    const sbom = sbomOf(workspace, "app@1", ["a@1"], [file]);
    expect(sbom.metadata).to.deep.equal({ component: component("app@1") });
    expect(sbom).not.to.have.property("serialNumber");
    expect(sbom.components.map((one) => one["bom-ref"])).to.deep.equal(["a@1", "@k/n@3"]);
    expect(sbom.components[1]).to.include({ type: "file", name: "@k/n/n.node", purl: "pkg:npm/%40k/n@3#n.node" });
    expect(sbom.dependencies).to.deep.equal([
      { ref: "app@1", dependsOn: ["a@1"] },
      { ref: "@k/n@3", dependsOn: [] },
    ]);
  });

  it("cannot be made of what npm does not know", () => {
    expect(() => sbomOf(workspace, "app@1", ["b@1"])).to.throw("npm sbom does not know b@1");
  });
});
