// The references: as many resources that do nothing as topology.json says, bare, or with the inputs of the containers in `models`.
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");

// As the classes of this package do it: a constant text for the provider, written by hand (docs/adr/0010-provider-text.md).
const provider = 'exports.handler = () => require(process.cwd() + "/alike.js");';

class Noop extends pulumi.CustomResource {
  constructor(name, inputs) {
    super("pulumi-nodejs:dynamic/bench:Noop", name, { ...inputs, __provider: provider });
  }
}

const { count, models } = JSON.parse(readFileSync("topology.json", "utf8"));
const first = new Noop("first", {});
for (let number = 0; number < count; number += 1) {
  const { __provider, ...inputs } = models[number]?.inputs ?? {};
  new Noop(`noop-${number}`, models.length === 0 ? {} : { ...inputs, overlayId: first.id });
}
