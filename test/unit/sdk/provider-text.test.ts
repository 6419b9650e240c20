import { runInThisContext } from "node:vm";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { type Kind, providerText, tokenOf } from "overlaynet/resource";

/** What a resource's state holds as `__provider`; when these change, every resource of every stack shows an update. */
const pinned: Readonly<Record<Kind, string>> = {
  Overlay: 'exports.handler = () => require("overlaynet/provider").overlay;',
  Container: 'exports.handler = () => require("overlaynet/provider").container;',
  NeighEntry: 'exports.handler = () => require("overlaynet/provider").neighEntry;',
};

type Handler = () => pulumi.dynamic.ResourceProvider;

/** The way of cmd/dynamic-provider: the text is a module of the program's folder. */
function handlerOf(text: string): Handler {
  const module = { exports: {} as { handler?: Handler } };
  const load = runInThisContext(`(function (module, exports, require) {${text}\n})`) as (
    ...given: [typeof module, object, NodeJS.Require]
  ) => void;
  load(module, module.exports, require);
  if (module.exports.handler === undefined) throw new Error("the text makes no handler");
  return module.exports.handler;
}

for (const kind of Object.keys(pinned) as Kind[]) {
  describe(`the __provider text of ${kind}`, () => {
    it("is what states hold", () => {
      expect(providerText(kind)).to.equal(pinned[kind]);
    });

    it("leads to today's code from a program's folder", async () => {
      const provider = handlerOf(providerText(kind))();
      const { failures } = await provider.check!({}, {});
      expect(failures?.map(({ property }) => property)).to.include("");
      const methods = ["configure", "check", "diff", "create", "read", "update", "delete"];
      expect(Object.keys(provider)).to.have.members(methods);
    });

    it("has the form that Pulumi's own dynamic resources have", async () => {
      const provider = { create: () => Promise.resolve({ id: "x" }) };
      const { text } = await pulumi.runtime.serializeFunction(() => provider);
      expect(Object.keys(handlerOf(text)())).to.deep.equal(["create"]);
      expect(tokenOf(kind)).to.match(/^pulumi-nodejs:dynamic\//);
    });
  });
}
