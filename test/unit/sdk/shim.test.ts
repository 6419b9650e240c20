import { createHash } from "node:crypto";
import { runInThisContext } from "node:vm";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import * as shim from "overlaynet/shim.cjs";

/** What a resource's state holds as `__provider`; when these change, every resource of every stack shows an update. */
const pinned = {
  overlay: "99649f1d37e2f26d6379de7bf54566b4853ab8022b6ad2d7a7d2346a3d85aa5d",
  container: "f6fd403167c63686d8148d51b5854e7c4f194cbcbcc57ee08bb2561e0dc6ddb1",
  neighEntry: "284235eb78afc9e34cd290423f59e3543aa8a58be374ab71f2722352f4200105",
};

/** As @pulumi/pulumi's dynamic.Resource serialises a provider. */
async function serialised(name: keyof typeof pinned): Promise<string> {
  const provider = shim[name];
  return (await pulumi.runtime.serializeFunction(() => provider)).text;
}

for (const name of Object.keys(pinned) as (keyof typeof pinned)[]) {
  describe(`the serialised shim of ${name}`, () => {
    let text: string;

    before(async () => {
      text = await serialised(name);
    });

    it("is the text that states hold", () => {
      expect(createHash("sha256").update(text).digest("hex")).to.equal(pinned[name]);
    });

    it("is small, names no path and captures nothing", () => {
      expect(text.length).to.be.lessThan(4096);
      expect(text).not.to.contain(process.cwd());
      expect(text).not.to.match(/privateKey|ssh2|zod/);
    });

    it("leads to today's code from a program's folder", async () => {
      const module = { exports: {} as { handler?: () => pulumi.dynamic.ResourceProvider } };
      // The way of cmd/dynamic-provider: the text is a module of the program's folder.
      const load = runInThisContext(`(function (module, exports, require) {${text}\n})`) as (
        ...given: [typeof module, object, NodeJS.Require]
      ) => void;
      load(module, module.exports, require);
      const provider = module.exports.handler?.();
      if (provider?.check === undefined) throw new Error("the serialised text makes no provider");
      const { failures } = await provider.check({}, {});
      expect(failures?.map(({ property }) => property)).to.include("");
      const methods = ["configure", "check", "diff", "create", "read", "update", "delete"];
      expect(Object.keys(provider)).to.have.members(methods);
    });
  });
}
