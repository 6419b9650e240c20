// The program of every test: declares what topology.json beside Pulumi.yaml says, so that an edit of the program is an edit of a file.
const { readFileSync } = require("node:fs");
const { Overlay, Container, NeighEntry } = require("overlaynet");

const topology = JSON.parse(readFileSync("topology.json", "utf8"));
const overlays = {};
for (const [name, args] of Object.entries(topology.overlays)) overlays[name] = new Overlay(name, args);
for (const [name, args] of Object.entries(topology.containers)) {
  new Container(name, { ...args, overlay: overlays[args.overlay] });
}
for (const [name, args] of Object.entries(topology.neighEntries ?? {})) {
  new NeighEntry(name, { ...args, overlay: overlays[args.overlay] });
}
