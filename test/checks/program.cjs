// The program of every test: declares what topology.json beside Pulumi.yaml says, so that an edit of the program is an edit of a file.
const { readFileSync } = require("node:fs");
const { Config, StackReference } = require("@pulumi/pulumi");
const { Overlay, Container, NeighEntry } = require("overlaynet");

// { "configSecret": "key" } stands for what a program gets by `new Config().requireSecret("key")`.
const secret = (_name, value) => (value?.configSecret ? new Config().requireSecret(value.configSecret) : value);
const topology = JSON.parse(readFileSync("topology.json", "utf8"), secret);
const overlays = {};
for (const [name, args] of Object.entries(topology.overlays)) {
  overlays[name] = new Overlay(name, args);
  exports[name] = overlays[name].ref;
}
for (const [name, reference] of Object.entries(topology.references ?? {})) {
  if (typeof reference === "object") {
    overlays[name] = reference;
    continue;
  }
  const added = topology.credentials?.[name] ?? {};
  overlays[name] = new StackReference(reference).requireOutput(name).apply((ref) => {
    const hosts = Object.entries(ref.hosts).map(([host, args]) => {
      return [host, { ...args, connection: { ...args.connection, ...added[host] } }];
    });
    return { ...ref, hosts: Object.fromEntries(hosts) };
  });
}
for (const [name, args] of Object.entries(topology.containers)) {
  const former = topology.aliases?.[name];
  const options = former === undefined ? {} : { aliases: [{ name: former }] };
  new Container(name, { ...args, overlay: overlays[args.overlay] }, options);
}
for (const [name, args] of Object.entries(topology.neighEntries ?? {})) {
  new NeighEntry(name, { ...args, overlay: overlays[args.overlay] });
}
