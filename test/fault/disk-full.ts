import { emptyDisk, fillDisk } from "../chaos/deeds.js";
import { succeeded } from "../checks/stack.js";
import type { Fault } from "./fault.js";

const late = { late: { overlay: "lab", host: "b", ip: "7.7.7.9" } };

export const diskFull: Fault = {
  name: "a host's disk is full when a container is made there",
  promise: "it is refused, and what was accepted before stays; with room again the same up makes it",
  undisturbed: [
    ["red", "pink"],
    ["pink", "blue"],
  ],
  strike: async (scene) => {
    await fillDisk(scene.host("b"));
    const { ok, output } = await scene.apply(late);
    if (ok) throw new Error("a container was accepted that could not be written down");
    if (!/ENOSPC|no space left/i.test(output)) throw new Error(`nobody says that the disk is full: ${output}`);
  },
  end: async (scene) => {
    await emptyDisk(scene.host("b"));
    succeeded("up with room again", await scene.apply(late));
  },
  tidy: (scene) => scene.restore(),
};
